/** Reads a launch's log for a view, again from the start after a lost connection. */
import { ConnectionError } from '#client/errors.ts';
import { retryDelay } from '#client/stream.ts';
import type { LogLine } from '#protocol/launch.ts';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../state/api.ts';
import { errorText } from '../ui/error-text.ts';
import { appended, emptyLog, type LogText } from './task-model.ts';

export type Reading = 'reading' | 'complete' | 'broken' | { readonly failed: string };

/** Renders lines at most once per frame. After a lost connection, the log is read again from the start. */
export function useLog(id: string): [LogText, Reading] {
  const [log, setLog] = useState(emptyLog);
  const [reading, setReading] = useState<Reading>('reading');
  useEffect(() => {
    const abort = new AbortController();
    void readLog(id, abort.signal, setLog, setReading);
    return () => abort.abort();
  }, [id]);
  return [log, reading];
}

async function readLog(
  id: string,
  signal: AbortSignal,
  setLog: (log: LogText) => void,
  setReading: (reading: Reading) => void,
): Promise<void> {
  for (let attempts = 0; !signal.aborted; attempts += 1) {
    await new Promise((resolve) => setTimeout(resolve, retryDelay(attempts)));
    if (signal.aborted) return;
    let whole = emptyLog;
    let waiting: LogLine[] = [];
    let frame = 0;
    const draw = () => {
      frame = 0;
      whole = appended(whole, waiting);
      waiting = [];
      if (!signal.aborted) setLog(whole);
    };
    try {
      for await (const line of api.launches.logStream(id, signal)) {
        attempts = 0;
        waiting.push(line);
        frame ||= requestAnimationFrame(draw);
      }
      cancelAnimationFrame(frame);
      draw();
      return setReading('complete');
    } catch (error) {
      cancelAnimationFrame(frame);
      if (signal.aborted) return;
      if (waiting.length > 0) draw();
      if (!(error instanceof ConnectionError)) return setReading({ failed: errorText(error) });
      setReading('broken');
    }
  }
}
