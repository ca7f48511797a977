/** Why a debug session ended, in an English sentence. Translations of the browser's texts have their own. */
import type { DebugEnd } from './debug.ts';

export const DEBUG_END_SENTENCES: Readonly<Record<DebugEnd, string>> = {
  stopped: 'The session was stopped.',
  exited: 'The command has exited.',
  expired: 'The session has expired.',
  ended_by_owner: 'The desktop’s owner ended the session.',
  ended_by_admin: 'An administrator ended the session.',
  desktop_ended: 'The desktop has ended.',
  declined: 'The request was denied.',
  unanswered: 'The request wasn’t answered in time.',
  failed: 'The session didn’t start.',
};
