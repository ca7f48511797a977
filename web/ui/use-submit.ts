/** Submits a form once at a time and keeps why it failed. */
import { useState } from 'preact/hooks';
import { errorText } from './error-text.ts';

export interface Sending {
  readonly busy: boolean;
  /** What is invalid in the form, or the server's message for the last attempt. */
  readonly problem: string | null;
  readonly submit: (event: Event) => void;
}

/** `check` runs at each attempt and returns a problem or null; `send` runs only if there is none. */
export function useSubmit(check: () => string | null, send: () => Promise<void>): Sending {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async () => {
    const wrong = check();
    setProblem(wrong);
    if (wrong !== null) return;
    setBusy(true);
    try {
      await send();
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (!busy) void run();
  };
  return { busy, problem, submit };
}
