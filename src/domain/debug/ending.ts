/** Ends debug sessions: the first end counts, and toolboxes and copies that no other session uses stop with it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DebugEnd, DebugSession } from '#protocol/debug.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Engine } from '../ports/engine.ts';
import { isTimeout, until } from '../deadlines.ts';
import { DeskpodError } from '../errors.ts';
import type { EventBus } from '../server/event-bus.ts';
import type { Launches } from '../launches/launches.ts';
import type { DebugRegistry } from './registry.ts';
import type { DebugRecord, DebugStateName } from '../ports/debug-store.ts';
import type { DebugEvents } from './record.ts';

const EXIT_EVERY_MS = 250;
const EXIT_ATTEMPTS = 8;
const STOP_TIMEOUT_MS = 30_000;
const OPEN: readonly DebugStateName[] = ['asking', 'starting', 'running'];
const RECORD_TIMEOUT_MS = 15_000;

export interface EndFacts {
  readonly reason: DebugEnd;
  readonly exitCode?: number | null;
  readonly message?: string | null;
}

export interface EndingDeps {
  readonly engine: Pick<Engine, 'debug' | 'removeLaunch'>;
  readonly registry: DebugRegistry;
  readonly launches: Pick<Launches, 'stop' | 'find'>;
  readonly hub: EventBus;
  readonly events: DebugEvents;
}

export class DebugEnding {
  readonly #deps: EndingDeps;

  constructor(deps: EndingDeps) {
    this.#deps = deps;
  }

  /** Null if it had ended already. Rejects if its toolbox or copy can't be stopped; the reconciler tries again. */
  async end(
    id: string,
    { reason, exitCode = null, message = null }: EndFacts,
    from = OPEN,
  ): Promise<DebugRecord | null> {
    const { registry, events } = this.#deps;
    const status = { state: 'ended', at: new Date().toISOString(), reason, exitCode, message } as const;
    const ended = await registry.change(id, from, {
      status,
      server: null,
      ...(reason === 'declined' ? { seen: true } : {}),
    });
    if (!ended) return null;
    events.debugEnded(ended.session);
    if (reason !== 'desktop_ended') await this.#stopTarget(ended.session, reason);
    return ended;
  }

  /** Stops a toolbox unless a session still uses it. */
  async stopUnused(desktopId: string, toolbox: string): Promise<void> {
    const { engine, registry } = this.#deps;
    await registry.exclusively(desktopId, async () => {
      const open = await registry.list({ desktopId, open: true });
      if (open.some(({ session }) => session.kind === 'toolbox' && session.name === toolbox)) return;
      await engine.debug
        .stopToolbox(desktopId, toolbox, AbortSignal.timeout(STOP_TIMEOUT_MS))
        .catch((error: unknown) => {
          // It was never created, or ended with its desktop.
          if (!(error instanceof DeskpodError) || error.code !== 'not_found') throw error;
        });
    });
  }

  async #stopTarget({ kind, desktopId, name, userId, by }: DebugSession, reason: DebugEnd): Promise<void> {
    if (name === null) return;
    if (kind === 'toolbox' && reason !== 'exited') return this.stopUnused(desktopId, name);
    if (kind !== 'copy') return;
    const { launches, events } = this.#deps;
    const found = await launches.find(name);
    if (!found) return;
    const byOwner = reason === 'ended_by_owner' || by.id === userId;
    if (!found.record.end) await launches.stop(name, byOwner ? 'you' : 'admin');
    this.#removeCopy(name, userId).catch((error: unknown) => events.failed(`removing the copy ${name}`, error));
  }

  /** Waits until its end and its log are stored; after the timeout it stays until finished launches are cleaned up. */
  async #removeCopy(id: string, userId: string): Promise<void> {
    const { engine, launches, hub } = this.#deps;
    const recorded = async (): Promise<true | undefined> =>
      (await launches.find(id))?.launch.status.state === 'finished' || undefined;
    try {
      await until(
        (changed) => onLaunch(hub, { id, userId }, changed),
        recorded,
        AbortSignal.timeout(RECORD_TIMEOUT_MS),
      );
    } catch (error) {
      if (isTimeout(error)) return;
      throw error;
    }
    await engine.removeLaunch(id);
  }
}

/** Calls the listener whenever the launch changes. Returns a function that unsubscribes. */
export function onLaunch(
  hub: EventBus,
  { id, userId }: Pick<Launch, 'id' | 'userId'>,
  changed: () => void,
): () => void {
  return hub.subscribe(userId, (event) => {
    if (event.type === 'launch' && event.launch.id === id) changed();
  });
}

/**
 * How a copy ended whose terminal couldn't be opened; null if it runs, or is no copy. The engine may report the end a
 * moment later.
 */
export async function endOfCopy(
  engine: Pick<Engine, 'launches'>,
  { kind, desktopId, name }: DebugSession,
): Promise<EndFacts | null> {
  if (kind !== 'copy' || name === null) return null;
  for (let attempt = 0; attempt < EXIT_ATTEMPTS; attempt += 1) {
    if (attempt > 0) await delay(EXIT_EVERY_MS, undefined, { ref: false });
    const found = (await engine.launches(desktopId)).find(({ id }) => id === name);
    if (!found) return copyExit(name, null);
    if (found.status.state === 'finished') return copyExit(name, found.status.exitCode);
  }
  return null;
}

export function copyExit(name: string, exitCode: number | null): EndFacts & { message: string } {
  const how = exitCode === null ? '' : ` (exit code ${exitCode})`;
  return { reason: 'exited', exitCode, message: `The copy has ended${how}: deskpod logs ${name}` };
}
