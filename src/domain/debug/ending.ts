/** Ends debug sessions: the first end stays, and what the session alone used is stopped with it. */
import type { DebugEnd, DebugSession } from '../../protocol/debug.ts';
import type { Engine } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import type { Hub } from '../hub.ts';
import type { Launches } from '../launches.ts';
import type { DebugBook } from './book.ts';
import type { DebugRecord, DebugStateName } from './record.ts';
import type { Turns } from './turns.ts';

const STOP_TIMEOUT_MS = 30_000;
const OPEN: readonly DebugStateName[] = ['asking', 'starting', 'running'];
const KEEP_TIMEOUT_MS = 15_000;

export interface DebugEvents {
  debugAsked(session: DebugSession): void;
  debugGranted(session: DebugSession): void;
  debugStarted(session: DebugSession): void;
  debugEnded(session: DebugSession): void;
  failed(what: string, error: unknown): void;
}

export interface EndFacts {
  readonly reason: DebugEnd;
  readonly exitCode?: number | null;
  readonly message?: string | null;
}

export class DebugEnding {
  readonly #deps;

  constructor(deps: {
    engine: Pick<Engine, 'debug' | 'removeLaunch'>;
    book: DebugBook;
    launches: Pick<Launches, 'stop' | 'find'>;
    hub: Hub;
    turns: Turns;
    events: DebugEvents;
  }) {
    this.#deps = deps;
  }

  /** Null when it had ended before. Rejects when what it used could not be stopped; that is tried again by the sweep. */
  async end(
    id: string,
    { reason, exitCode = null, message = null }: EndFacts,
    from = OPEN,
  ): Promise<DebugRecord | null> {
    const { book, events } = this.#deps;
    const status = { state: 'ended', at: new Date().toISOString(), reason, exitCode, message } as const;
    const ended = await book.change(id, from, {
      status,
      server: null,
      ...(reason === 'declined' ? { seen: true } : {}),
    });
    if (!ended) return null;
    events.debugEnded(ended.session);
    if (reason !== 'desktop_ended') await this.#free(ended.session, reason);
    return ended;
  }

  /** Stops a toolbox that no session uses any more. */
  async stopUnused(desktopId: string, toolbox: string): Promise<void> {
    const { engine, book, turns } = this.#deps;
    await turns.take(desktopId, async () => {
      const open = await book.list({ desktopId, open: true });
      if (open.some(({ session }) => session.kind === 'toolbox' && session.name === toolbox)) return;
      await engine.debug
        .stopToolbox(desktopId, toolbox, AbortSignal.timeout(STOP_TIMEOUT_MS))
        .catch((error: unknown) => {
          // It was never made, or went with its desktop.
          if (!(error instanceof DeskpodError) || error.code !== 'not_found') throw error;
        });
    });
  }

  async #free({ kind, desktopId, name, userId, by }: DebugSession, reason: DebugEnd): Promise<void> {
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

  /** Once its end is kept with its log; if that takes longer, it goes as finished launches go. */
  async #removeCopy(id: string, userId: string): Promise<void> {
    const { engine, launches, hub } = this.#deps;
    const { promise: kept, resolve } = Promise.withResolvers<boolean>();
    const stop = hub.subscribe(userId, (event) => {
      if (event.type === 'launch' && event.launch.id === id && event.launch.status.state === 'finished') resolve(true);
    });
    const late = setTimeout(() => resolve(false), KEEP_TIMEOUT_MS).unref();
    try {
      if ((await launches.find(id))?.record.end) resolve(true);
      if (await kept) await engine.removeLaunch(id);
    } finally {
      stop();
      clearTimeout(late);
    }
  }
}
