/** Sending a form once: while it is under way, and why it was refused. */
import { useState } from 'preact/hooks';
import { sentence } from '../state/notices.ts';

export interface Sending {
  readonly busy: boolean;
  /** What is wrong with the form, or the server's sentence on the last attempt. */
  readonly problem: string | null;
  readonly submit: (event: Event) => void;
}

/** `check` is asked at each attempt; `send` goes on only when it has nothing to say. */
export function useSend(check: () => string | null, send: () => Promise<void>): Sending {
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
      setProblem(sentence(error));
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
