/** What the state of a debug session allows, and how it ended. */
import type { DebugSession } from '#protocol/debug.ts';
import { DEBUG_END_SENTENCES } from '#protocol/debug-end.ts';
import { DeskpodError } from '../errors.ts';
import type { DebugRecord } from '../ports/debug-store.ts';

/** The audit log of debug sessions. */
export interface DebugEvents {
  debugAsked(session: DebugSession): void;
  debugGranted(session: DebugSession): void;
  debugStarted(session: DebugSession): void;
  debugEnded(session: DebugSession): void;
  failed(what: string, error: unknown): void;
}

export function isOpen({ session }: DebugRecord): boolean {
  return session.status.state !== 'ended';
}

/** Why it ended, in one sentence: the engine's own message if there is one. */
export function endMessage(status: Extract<DebugSession['status'], { state: 'ended' }>): string {
  return status.message ?? DEBUG_END_SENTENCES[status.reason];
}

/** Throws `conflict` with the state in words unless its terminal can be joined. */
export function assertJoinable({ status }: DebugSession): void {
  switch (status.state) {
    case 'running':
      return;
    case 'asking':
      throw new DeskpodError('conflict', 'This debug session isn’t approved yet.', {
        remedy: 'Wait for the approval.',
      });
    case 'starting':
      throw new DeskpodError('conflict', 'This debug session is still starting.', { remedy: 'Try again in a moment.' });
    case 'ended': {
      const code = status.exitCode === null ? '' : ` with exit code ${status.exitCode}`;
      throw new DeskpodError('conflict', `This debug session has ended${code}. ${endMessage(status)}`, {
        remedy: 'Start another one, or play its recording.',
      });
    }
    default:
      return status satisfies never;
  }
}
