/** What a terminal recording printed, with or without its timing. */
import { readAsciicast } from '#protocol/asciicast.ts';
import { CliError } from './failure.ts';

export interface TimedOutput {
  /** Seconds since the start. */
  readonly at: number;
  readonly text: string;
}

export interface Recording {
  readonly columns: number;
  readonly rows: number;
  readonly outputs: readonly TimedOutput[];
}

/** Ignores size changes and other event types. */
export function readRecording(text: string): Recording {
  const recording = readAsciicast(text);
  if (recording === null) throw new CliError('Can’t read the recording: it isn’t an asciicast version 2.');
  const { columns, rows, entries } = recording;
  const outputs = entries.filter(({ code }) => code === 'o').map(({ seconds, data }) => ({ at: seconds, text: data }));
  return { columns, rows, outputs };
}

/** All output, without the timing. */
export function recordedOutput(recording: string): string {
  return readRecording(recording)
    .outputs.map(({ text }) => text)
    .join('');
}

/** Milliseconds to wait before each output, at `speed` and with pauses of at most `idle` seconds. */
export function pauses({ outputs }: Recording, { speed, idle }: { speed: number; idle: number }): number[] {
  return outputs.map(({ at }, index) => {
    const gap = Math.max(0, at - (outputs[index - 1]?.at ?? 0));
    return Math.round((Math.min(gap, idle) / speed) * 1000);
  });
}
