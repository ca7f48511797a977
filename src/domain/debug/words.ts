/** What people are told of the end of a debug session. */
import type { DebugEnd, DebugSession } from '../../protocol/debug.ts';
import { DeskpodError } from '../errors.ts';

const SENTENCES: Readonly<Record<DebugEnd, string>> = {
  stopped: 'It was stopped by the one who looked.',
  exited: 'Its command has ended.',
  expired: 'Its time was over.',
  ended_by_owner: 'The person whose desktop it is ended it.',
  ended_by_admin: 'An administrator ended it.',
  desktop_ended: 'The desktop has ended.',
  declined: 'The person whose desktop it is did not agree.',
  unanswered: 'Nobody agreed in time.',
  failed: 'It could not be started.',
};

/** One sentence; the engine's own words where there are some. */
export function sentenceOf(status: Extract<DebugSession['status'], { state: 'ended' }>): string {
  return status.message ?? SENTENCES[status.reason];
}

/** `conflict` with the state, in words, when there is no terminal to sit at. */
export function assertJoinable({ status }: DebugSession): void {
  switch (status.state) {
    case 'running':
      return;
    case 'asking':
      throw new DeskpodError('conflict', 'Nobody has agreed to this yet.', { remedy: 'Wait for the answer.' });
    case 'starting':
      throw new DeskpodError('conflict', 'It is still being started.', { remedy: 'Try again in a moment.' });
    case 'ended': {
      const code = status.exitCode === null ? '' : ` with exit code ${status.exitCode}`;
      throw new DeskpodError('conflict', `This debug session has ended${code}. ${sentenceOf(status)}`, {
        remedy: 'Begin another one, or play its recording.',
      });
    }
    default:
      return status satisfies never;
  }
}
