/** What the user can do with looks inside, wherever in the shell it is asked for. */
import type { CopyRequest, DebugSession, ExecRequest, ToolboxRequest } from '#protocol/debug.ts';
import { effect, signal } from '@preact/signals';
import { api } from '../state/api.ts';
import { attempt, say } from '../state/notices.ts';
import { debugSessions, launches, session as login, world } from '../state/store.ts';
import { changeWorld } from '../state/world.ts';
import { debugShown } from '../terminal/control.ts';
import { closeAllLayers, openLayer } from '../ui/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { endText, isNews } from './sessions.ts';

/** The answer may come before the event: everything shows the session at once. */
export function learn(session: DebugSession): void {
  const known = debugSessions.value.find(({ id }) => id === session.id);
  if (isNews(session, known)) world.value = changeWorld(world.value, { type: 'debug', session });
}

export const putToolbox = (request: ToolboxRequest): Promise<void> => begin(api.debug.toolbox(request));
export const openExec = (request: ExecRequest): Promise<void> => begin(api.debug.exec(request));

/** The terminal is there at once, and says what it waits for. Rejects when the server refuses: the form says why. */
async function begin(asked: Promise<DebugSession>): Promise<void> {
  const session = await asked;
  learn(session);
  closeAllLayers();
  showSession(session);
}

/** Copies that go to Tasks as soon as they have a name there. */
const copying = signal<readonly string[]>([]);

export async function makeCopy(request: CopyRequest): Promise<void> {
  const session = await api.debug.copy(request);
  closeAllLayers();
  learn(session);
  // Last: it may be in Tasks already, which opens then.
  copying.value = [...copying.value, session.id];
}

function forget(id: string): void {
  copying.value = copying.value.filter((one) => one !== id);
}

/** From now on; returns how to stop. */
export function followCopies(): () => void {
  return effect(() => {
    for (const session of debugSessions.value) {
      if (!copying.value.includes(session.id)) continue;
      const { status, name } = session;
      if (status.state === 'ended') {
        forget(session.id);
        if (status.reason !== 'stopped') say('error', endText(session, t.looks));
      } else if (name !== null && launches.value.some(({ id }) => id === name)) {
        forget(session.id);
        openLayer({ kind: 'settings', page: 'tasks', launchId: name });
      }
    }
  });
}

/** Its terminal; a copy has none of its own, it is a launch like others. */
export function showSession(session: DebugSession): void {
  if (session.kind !== 'copy' || session.status.state !== 'running' || session.name === null) {
    debugShown.value = session.id;
  } else if (session.userId === login.value?.user.id) {
    openLayer({ kind: 'settings', page: 'tasks', launchId: session.name });
  } else {
    const { desktopId, userId, name } = session;
    openLayer({ kind: 'inside', of: { desktopId, userId, launchId: name } });
  }
}

const act = (work: () => Promise<DebugSession>): Promise<boolean> => attempt(async () => learn(await work()));

export const answer = (id: string, agree: boolean): Promise<boolean> => act(() => api.debug.answer(id, agree));
export const approve = (id: string, agree: boolean): Promise<boolean> => act(() => api.debug.approve(id, agree));
export const extendSession = (id: string): Promise<boolean> => act(() => api.debug.extend(id));
export const endSession = (id: string): Promise<boolean> => act(() => api.debug.end(id));

/** The user knows of these now. */
export async function markSeen(sessions: readonly DebugSession[]): Promise<boolean> {
  return attempt(async () => {
    for (const session of sessions) {
      await api.debug.seen(session.id);
      learn({ ...session, seen: true });
    }
  });
}
