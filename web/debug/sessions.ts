/** Looks inside as the shell words them: whose they are, which wait for whom, how long they last. Pure. */
import type { DebugSession } from '#protocol/debug.ts';
import type { Strings } from '../ui/strings/catalogue.ts';

type Sessions = readonly DebugSession[];
export type Tone = 'ok' | 'accent' | 'warn' | 'bad' | '';

/** So long before its end a session says so. */
export const WARN_MS = 120_000;

export const isOpen = ({ status }: DebugSession): boolean => status.state !== 'ended';

const ORDER = { asking: 0, starting: 1, running: 2, ended: 3 };

/** Answers to requests and events pass each other: a session never goes back to a state before the one that is known. */
export function isNews(after: DebugSession, known: DebugSession | undefined): boolean {
  if (!known) return true;
  const [a, b] = [after.status, known.status];
  if (a.state === 'running' && b.state === 'running') return a.endsAt >= b.endsAt;
  // Of a short one the recording is known only after its end.
  if (a.state === b.state && known.transcript && !after.transcript) return false;
  return ORDER[a.state] >= ORDER[b.state];
}

/** By somebody else, at this user's desktop. */
const atMine = ({ by, userId }: DebugSession, me: string): boolean => userId === me && by.id !== me;

/** They wait for this user's answer. */
export function askingMe(sessions: Sessions, me: string): Sessions {
  return sessions.filter((session) => atMine(session, me) && session.status.state === 'asking');
}

/** Somebody else is inside, or is just coming in. */
export function insideMine(sessions: Sessions, me: string): Sessions {
  return sessions.filter(
    (session) => atMine(session, me) && (session.status.state === 'running' || session.status.state === 'starting'),
  );
}

/** This user's own that wait, begin or go on. */
export function mine(sessions: Sessions, me: string): Sessions {
  return sessions.filter((session) => session.by.id === me && isOpen(session));
}

/** Over, and this user was not told; what they ended or declined themselves they know. */
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

/** Of those, the ones that were over before this page was there: they are shown unasked, once. */
export function whileAway(sessions: Sessions, me: string, since: Date): Sessions {
  return unseen(sessions, me).filter(({ status }) => status.state === 'ended' && new Date(status.at) < since);
}

/** What is looked into, for people. */
export function objectOf({ appName, launchId, target, desktopId }: DebugSession): string {
  return appName ?? launchId ?? target ?? desktopId;
}

/** Milliseconds until it ends on its own; null while it does not run. */
export function leftMs({ status }: DebugSession, now: number): number | null {
  return status.state === 'running' ? Math.max(0, Date.parse(status.endsAt) - now) : null;
}

/** `42 min`, in the last minutes `1:07`. */
export function leftText(ms: number): string {
  if (ms > WARN_MS) return `${Math.ceil(ms / 60_000)} min`;
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function stateText(
  { status }: DebugSession,
  words: Strings['looks'],
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

/** One sentence on how it ended. */
export function endText(session: DebugSession, words: Strings['looks']): string {
  const { status } = session;
  if (status.state !== 'ended') return '';
  const how = words.endSentences[status.reason];
  const code = status.exitCode === null ? null : words.exitCode(status.exitCode);
  return [how, code, status.message].filter(Boolean).join(' ');
}

/** Whether an administrator's word may take the place of the person's by now. */
export function isApprovable({ status }: DebugSession, now: number): boolean {
  return status.state === 'asking' && Date.parse(status.approvableAt) <= now;
}
