/** Debug sessions as the UI presents them: whose they are, who has to answer, how long they last. Pure. */
import type { DebugSession } from '#protocol/debug.ts';
import { minutes } from '../ui/format.ts';
import type { Strings } from '../ui/strings/type.ts';
import type { Tone } from '../ui/tone.ts';

type Sessions = readonly DebugSession[];

/** How long before its end a session warns. */
export const WARN_MS = 120_000;

export const isOpen = ({ status }: DebugSession): boolean => status.state !== 'ended';

const ORDER = { asking: 0, starting: 1, running: 2, ended: 3 };

/** Replies and events may overtake each other: a session never goes back to an earlier state. */
export function isNews(after: DebugSession, known: DebugSession | undefined): boolean {
  if (!known) return true;
  const [a, b] = [after.status, known.status];
  if (a.state === 'running' && b.state === 'running') return a.endsAt >= b.endsAt;
  // The recording of a short session is known only after its end.
  if (a.state === b.state && known.transcript && !after.transcript) return false;
  return ORDER[a.state] >= ORDER[b.state];
}

/** By another user, on this user's desktop. */
const atMine = ({ by, userId }: DebugSession, me: string): boolean => userId === me && by.id !== me;

/** Sessions that wait for this user's answer. */
export function askingMe(sessions: Sessions, me: string): Sessions {
  return sessions.filter((session) => atMine(session, me) && session.status.state === 'asking');
}

/** Running or starting sessions of others on this user's desktop. */
export function debuggingMine(sessions: Sessions, me: string): Sessions {
  return sessions.filter(
    (session) => atMine(session, me) && (session.status.state === 'running' || session.status.state === 'starting'),
  );
}

/** This user's own open sessions. */
export function mine(sessions: Sessions, me: string): Sessions {
  return sessions.filter((session) => session.by.id === me && isOpen(session));
}

/** Ended sessions this user hasn't seen, except those they ended or declined themselves. */
export function unseen(sessions: Sessions, me: string): Sessions {
  return sessions.filter(
    (session) =>
      atMine(session, me) &&
      !session.seen &&
      session.status.state === 'ended' &&
      session.status.reason !== 'declined' &&
      session.status.reason !== 'ended_by_owner',
  );
}

/** Those that had ended before this page was opened: they are shown once without being asked for. */
export function whileAway(sessions: Sessions, me: string, since: Date): Sessions {
  return unseen(sessions, me).filter(({ status }) => status.state === 'ended' && new Date(status.at) < since);
}

/** The name of what is debugged, for the user. */
export function objectOf({ appName, launchId, target, desktopId }: DebugSession): string {
  return appName ?? launchId ?? target ?? desktopId;
}

/** Milliseconds until it expires; null if it isn't running. */
export function leftMs({ status }: DebugSession, now: number): number | null {
  return status.state === 'running' ? Math.max(0, Date.parse(status.endsAt) - now) : null;
}

/** `42 min`, in the last minutes `1:07`. */
export function leftText(ms: number): string {
  if (ms > WARN_MS) return minutes(Math.ceil(ms / 60_000));
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function stateText(
  { status }: DebugSession,
  words: Strings['debugSessions'],
): { readonly text: string; readonly tone: Tone } {
  switch (status.state) {
    case 'asking':
      return { text: words.states.asking, tone: 'warn' };
    case 'starting':
      return { text: words.states.starting, tone: 'accent' };
    case 'running':
      return { text: words.states.running, tone: 'ok' };
    case 'ended':
      return { text: words.ends[status.reason], tone: status.reason === 'failed' ? 'bad' : '' };
    default:
      return status satisfies never;
  }
}

/** How it ended, as a sentence. */
export function endText(session: DebugSession, words: Strings['debugSessions']): string {
  const { status } = session;
  if (status.state !== 'ended') return '';
  const how = words.endSentences[status.reason];
  const code = status.exitCode === null ? null : words.exitCode(status.exitCode);
  return [how, code, status.message].filter(Boolean).join(' ');
}

/** Whether an administrator can approve it by now in place of the owner. */
export function isApprovable({ status }: DebugSession, now: number): boolean {
  return status.state === 'asking' && Date.parse(status.approvableAt) <= now;
}
