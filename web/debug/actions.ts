/** The user's actions on debug sessions, for every part of the UI. */
import type { CopyRequest, DebugSession, ExecRequest, ToolboxRequest } from '#protocol/debug.ts';
import { effect, signal } from '@preact/signals';
import { api } from '../state/api.ts';
import { attempt, say } from '../state/notices.ts';
import { debugSessions, launches, session as login, world } from '../state/store.ts';
import { changeWorld } from '../state/world.ts';
import { shownDebugSession } from '../terminal/control.ts';
import { closeAllLayers, openLayer } from '../layers/layers.ts';
import { t } from '../ui/strings/catalogue.ts';
import { endText, isNews } from './sessions.ts';

/** The reply may arrive before the event: the UI shows the session at once. */
export function learn(session: DebugSession): void {
  const known = debugSessions.value.find(({ id }) => id === session.id);
  if (isNews(session, known)) world.value = changeWorld(world.value, { type: 'debug', session });
}

export const startToolbox = (request: ToolboxRequest): Promise<void> => begin(api.debug.toolbox(request));
export const openExec = (request: ExecRequest): Promise<void> => begin(api.debug.exec(request));

/** Opens the terminal at once, which shows what it waits for. Rejects if the server refuses, for the form to show. */
async function begin(asked: Promise<DebugSession>): Promise<void> {
  const session = await asked;
  learn(session);
  closeAllLayers();
  showSession(session);
}

/** Copies to open in Tasks as soon as they are listed there. */
const copying = signal<readonly string[]>([]);

export async function startCopy(request: CopyRequest): Promise<void> {
  const session = await api.debug.copy(request);
  closeAllLayers();
  learn(session);
  // Last: if it is already listed, Tasks opens right away.
  copying.value = [...copying.value, session.id];
}

function forget(id: string): void {
  copying.value = copying.value.filter((one) => one !== id);
}

/** Returns a function that stops it. */
export function followCopies(): () => void {
  return effect(() => {
    for (const session of debugSessions.value) {
      if (!copying.value.includes(session.id)) continue;
      const { status, name } = session;
      if (status.state === 'ended') {
        forget(session.id);
        if (status.reason !== 'stopped') say('error', endText(session, t.debugSessions));
      } else if (name !== null && launches.value.some(({ id }) => id === name)) {
        forget(session.id);
        openLayer({ kind: 'settings', page: 'tasks', launchId: name });
      }
    }
  });
}

/** Opens its terminal. A copy has none: it is a launch. */
export function showSession(session: DebugSession): void {
  if (session.kind !== 'copy' || session.status.state !== 'running' || session.name === null) {
    shownDebugSession.value = session.id;
  } else if (session.userId === login.value?.user.id) {
    openLayer({ kind: 'settings', page: 'tasks', launchId: session.name });
  } else {
    const { desktopId, userId, name } = session;
    openLayer({ kind: 'inspect', target: { desktopId, userId, launchId: name } });
  }
}

const act = (work: () => Promise<DebugSession>): Promise<boolean> => attempt(async () => learn(await work()));

export const answer = (id: string, agree: boolean): Promise<boolean> => act(() => api.debug.answer(id, agree));
export const approve = (id: string, agree: boolean): Promise<boolean> => act(() => api.debug.approve(id, agree));
export const extendSession = (id: string): Promise<boolean> => act(() => api.debug.extend(id));
export const endSession = (id: string): Promise<boolean> => act(() => api.debug.end(id));

/** Marks them as seen by the user. */
export async function markSeen(sessions: readonly DebugSession[]): Promise<boolean> {
  return attempt(async () => {
    for (const session of sessions) {
      await api.debug.seen(session.id);
      learn({ ...session, seen: true });
    }
  });
}
