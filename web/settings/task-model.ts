/** How the Tasks page presents a launch: state, limits, remedies and log. Pure. */
import type { Limits } from '#protocol/app.ts';
import { plainText } from '#protocol/escapes.ts';
import type { Launch, LaunchCommand, LaunchDetail, LogLine, Remedy, Usage } from '#protocol/launch.ts';
import { bytes, count, percent } from '../ui/format.ts';
import type { Strings } from '../ui/strings/type.ts';
import type { Tone } from '../ui/tone.ts';

/** The state as text; the tone only repeats it. */
export function stateOf(
  { status }: Pick<Launch, 'status'>,
  words: Strings['tasks']['states'],
): { text: string; tone: Tone } {
  switch (status.state) {
    case 'starting':
      return { text: words[status.step], tone: 'accent' };
    case 'running':
      return { text: words.running, tone: 'ok' };
    case 'stopping':
      return { text: words.stopping, tone: 'warn' };
    case 'finished':
      return finished(status, words);
    default:
      return status satisfies never;
  }
}

type Finished = Extract<Launch['status'], { state: 'finished' }>;

function finished({ reason, exitCode }: Finished, words: Strings['tasks']['states']): { text: string; tone: Tone } {
  if (reason === 'error') return { text: words.error(exitCode), tone: 'bad' };
  const harmless =
    reason === 'completed' ||
    reason === 'stopped_by_you' ||
    reason === 'stopped_by_admin' ||
    reason === 'desktop_ended';
  return { text: words[reason], tone: harmless ? '' : 'bad' };
}

export function memoryText(usage: Usage | undefined, limits: Limits, words: Strings['tasks']): string {
  if (!usage) return '';
  const used = bytes(usage.memoryBytes);
  if (limits.memoryBytes === undefined) return used;
  const limit = bytes(limits.memoryBytes);
  // The space before a unit doesn't break in some languages.
  const unit = limit.slice(limit.search(/\s/));
  return words.ofLimit(used.endsWith(unit) ? used.slice(0, -unit.length) : used, limit);
}

export const cpuText = (usage: Usage | undefined): string => (usage ? percent(usage.cpu) : '');

export function limitsText({ memoryBytes, cpus, processes }: Limits, words: Strings['tasks']): string {
  const parts = [
    memoryBytes === undefined ? null : bytes(memoryBytes),
    cpus === undefined ? null : words.cpus(count(cpus)),
    processes === undefined ? null : words.processes(processes),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** The original request with the remedy's changes. */
export function withRemedy(
  { requested, runtime }: Pick<LaunchDetail, 'requested' | 'runtime'>,
  remedy: Remedy,
): LaunchCommand {
  const added = (remedy.args ?? []).filter((argument) => !requested.args.includes(argument));
  return {
    runtime: remedy.runtime ?? runtime,
    env: { ...requested.env, ...remedy.env },
    args: [...requested.args, ...added],
  };
}

/** Whether a log line reports an error, to highlight it. */
export function looksBad(text: string): boolean {
  return /\b(error|fatal|failed|cannot|could not|denied|exception|abort(ed)?|killed|segmentation|Bad[A-Z]\w+)\b/i.test(
    plainText(text),
  );
}

/** At most `limit` lines in blocks: a full block never changes, so it isn't rendered again. */
export interface LogText {
  readonly blocks: readonly (readonly LogLine[])[];
  readonly lines: number;
  /** Number of lines dropped at the beginning. */
  readonly dropped: number;
}

const BLOCK = 200;
export const emptyLog: LogText = { blocks: [], lines: 0, dropped: 0 };

export function appended(log: LogText, added: readonly LogLine[], limit = 10_000): LogText {
  const last = log.blocks.at(-1);
  const open = last !== undefined && last.length < BLOCK;
  const pool = [...(open ? last : []), ...added];
  const blocks = open ? log.blocks.slice(0, -1) : [...log.blocks];
  for (let at = 0; at < pool.length; at += BLOCK) blocks.push(pool.slice(at, at + BLOCK));
  let lines = log.lines + added.length;
  let { dropped } = log;
  while (lines > limit && blocks.length > 1) {
    const gone = blocks.shift()?.length ?? 0;
    lines -= gone;
    dropped += gone;
  }
  return { blocks, lines, dropped };
}
