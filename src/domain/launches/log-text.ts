/** The log of a launch as text: one line each, `<time or -> <stream> <text>`; that is how the end of it is kept. */
import { z } from 'zod';
import { colouredText } from '#protocol/escapes.ts';
import type { LogLine } from '#protocol/launch.ts';
import type { EngineLogLine, LogGap } from '../ports/engine.ts';

/** Of a finished launch the end of its log is kept, this much (256 kB). */
export const KEPT_LOG_BYTES = 256 * 1024;

const Line = /^(\S+) (stdout|stderr) (.*)$/s;
const Time = z.iso.datetime();

/** Colours stay; no other escape sequence reaches a reader. */
export function presentLine({ at, stream, text, cut, skipped }: EngineLogLine): LogLine {
  if (skipped) return { at: null, stream, text: gapText(skipped), skipped };
  const end = cut === undefined ? '' : ` … ${sizeText(cut)} more of this line left out …`;
  return { at: at?.toISOString() ?? null, stream, text: colouredText(text) + end };
}

function gapText({ lines, bytes }: LogGap): string {
  const size = bytes === null ? '' : ` (${sizeText(bytes)})`;
  return `… ${lines === null ? 'some' : lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}${size} skipped …`;
}

function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
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
    if (stream !== 'stdout' && stream !== 'stderr') return { at: null, stream: 'stdout', text: colouredText(line) };
    return { at: Time.safeParse(at).success ? at : null, stream, text: colouredText(rest) };
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
