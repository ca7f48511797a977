/** The log of a launch as text: one line each, `<time or -> <stream> <text>`; that is how the end of it is kept. */
import { z } from 'zod';
import type { LogLine } from '../protocol/launch.ts';
import type { EngineLogLine } from './engine.ts';

/** Of a finished launch the end of its log is kept, this much (256 kB). */
export const KEPT_LOG_BYTES = 256 * 1024;

const Line = /^(\S+) (stdout|stderr) (.*)$/s;
const Time = z.iso.datetime();

export function presentLine(line: EngineLogLine): LogLine {
  return { at: line.at?.toISOString() ?? null, stream: line.stream, text: line.text };
}

export function formatLine(line: LogLine): string {
  return `${line.at ?? '-'} ${line.stream} ${line.text}\n`;
}

/** Lines that are not of our making are given as they are. */
export function parseLog(text: string): LogLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const [, at = '', stream, rest = ''] = Line.exec(line) ?? [];
    if (stream !== 'stdout' && stream !== 'stderr') return { at: null, stream: 'stdout', text: line };
    return { at: Time.safeParse(at).success ? at : null, stream, text: rest };
  });
}

/** Keeps whole lines from the end, at most `bytes` of UTF-8. */
export function keepEnd(lines: readonly LogLine[], bytes: number = KEPT_LOG_BYTES): string {
  const kept: string[] = [];
  let size = 0;
  for (const line of lines.toReversed()) {
    const text = formatLine(line);
    size += Buffer.byteLength(text);
    if (size > bytes) break;
    kept.push(text);
  }
  return kept.toReversed().join('');
}
