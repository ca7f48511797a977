/**
 * Keeps debug sessions in line with what runs. At each server: ends the sessions whose terminal ended. In one server at a
 * time: ends expired sessions and those without a toolbox, takes over those of dead servers, stops unused toolboxes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { DebugSession } from '#protocol/debug.ts';
import type { Engine } from '../ports/engine.ts';
import type { Replicas } from '../server/replicas.ts';
import type { Store } from '../ports/store.ts';
import type { DebugRegistry } from './registry.ts';
import { copyExit, type DebugEnding, type EndFacts } from './ending.ts';
import type { EngineToolbox } from '../ports/debug-engine.ts';
import type { DebugRecord } from '../ports/debug-store.ts';
import { type DebugEvents, isOpen } from './record.ts';
import type { DebugTerminals } from './terminals.ts';
import { ignore } from '#protocol/ignore.ts';
import { SeenTwice } from '../seen-twice.ts';

/** A toolbox may be listed before its session names it. */
const UNUSED_MS = 60_000;
/** A cluster lists a new toolbox with a delay. */
const UNLISTED_MS = 30_000;
/** Without open sessions, leftover toolboxes are searched for only in every n-th round. */
const IDLE_ROUNDS = 6;
const REOPEN_MS = 1_000;
const EXIT_EVERY_MS = 300;
const EXIT_ATTEMPTS = 8;

export interface ReconcilerDeps {
  readonly engine: Pick<Engine, 'debug' | 'desktops'>;
  readonly store: Pick<Store, 'launches'>;
  readonly replicas: Pick<Replicas, 'alive' | 'me'>;
  readonly registry: DebugRegistry;
  readonly ending: DebugEnding;
  readonly terminals: DebugTerminals;
  readonly events: Pick<DebugEvents, 'failed'>;
}

export class DebugReconciler {
  readonly #deps: ReconcilerDeps;
  #round = 0;
  /** Servers that were missing at the last sweep: after an outage of the store, all are for a moment. */
  readonly #missingServers = new SeenTwice();

  constructor(deps: ReconcilerDeps) {
    this.#deps = deps;
    deps.terminals.onEnd((sessions, exitCode) => this.#terminalEnded(sessions, exitCode));
  }

  async sweep(now: Date = new Date()): Promise<void> {
    const { engine, registry, ending } = this.#deps;
    const open = await registry.list({ open: true });
    this.#round += 1;
    if (open.length === 0 && this.#round % IDLE_ROUNDS !== 1) return;
    const [toolboxes, desktops] = await Promise.all([engine.debug.toolboxes(), engine.desktops()]);
    const running = new Set(desktops.flatMap(({ id, state }) => (state === 'running' ? id : [])));
    const orphaned = await this.#orphaned(open);
    for (const record of open) {
      const end = running.has(record.session.desktopId)
        ? await this.#endOf(record, toolboxes, orphaned, now)
        : ({ reason: 'desktop_ended' } as const);
      const { id } = record.session;
      await this.#attempt(`ending debug session ${id}`, async () => {
        if (end) await ending.end(id, end);
        else if (orphaned.has(id)) await this.#takeOver(record);
      });
    }
    await this.#stopUnused(toolboxes, open, now);
  }

  /** At start-up: takes over the sessions of this server's previous process, which has the same `name`. */
  async adopt(name: string): Promise<void> {
    const { registry, replicas } = this.#deps;
    for (const record of await registry.list({ open: true })) {
      const { server, session } = record;
      if (server === replicas.me || !server?.startsWith(`${name}/`) || session.status.state !== 'running') continue;
      await this.#attempt(`taking over debug session ${session.id}`, () => this.#takeOver(record));
    }
  }

  /** Why the session ends; null if it continues. */
  async #endOf(
    { session }: DebugRecord,
    toolboxes: readonly EngineToolbox[],
    orphaned: ReadonlySet<string>,
    now: Date,
  ): Promise<EndFacts | null> {
    const { status, kind, name, desktopId, id } = session;
    switch (status.state) {
      case 'asking':
        return now >= new Date(status.until) ? { reason: 'unanswered' } : null;
      case 'starting':
        return orphaned.has(id)
          ? { reason: 'failed', message: 'The server stopped during its start. Try again.' }
          : null;
      case 'running': {
        if (now >= new Date(status.endsAt)) return { reason: 'expired' };
        if (kind === 'toolbox') {
          const box = toolboxes.find((one) => one.name === name && one.desktopId === desktopId) ?? null;
          const isNew = now.getTime() - Date.parse(session.startedAt ?? session.askedAt) < UNLISTED_MS;
          return box || !isNew ? exitOf(box) : null;
        }
        if (kind !== 'copy' || name === null) return null;
        const end = (await this.#deps.store.launches.find(name))?.end;
        return end ? copyExit(name, end.exitCode) : null;
      }
      case 'ended':
        return null;
      default:
        return status satisfies never;
    }
  }

  /** Sessions whose server has been missing for two rounds. */
  async #orphaned(open: readonly DebugRecord[]): Promise<ReadonlySet<string>> {
    const alive = await this.#deps.replicas.alive();
    const away = open.filter(({ server }) => server !== null && !alive.has(server));
    const missing = this.#missingServers.again(away.flatMap(({ server }) => server ?? []));
    return new Set(away.flatMap(({ session, server }) => (server !== null && missing.has(server) ? session.id : [])));
  }

  /** This server records it from now on. */
  async #takeOver({ session }: DebugRecord): Promise<void> {
    const { registry, terminals, replicas } = this.#deps;
    const mine = await registry.change(session.id, ['running'], { server: replicas.me });
    if (mine?.session.kind === 'toolbox') await terminals.open(mine, false);
  }

  async #stopUnused(toolboxes: readonly EngineToolbox[], open: readonly DebugRecord[], now: Date): Promise<void> {
    const used = new Set(open.map(({ session }) => `${session.desktopId} ${session.name}`));
    for (const { name, desktopId, foreign, status, startedAt } of toolboxes) {
      if (foreign || status.state === 'finished' || used.has(`${desktopId} ${name}`)) continue;
      if (now.getTime() - startedAt.getTime() < UNUSED_MS) continue;
      await this.#attempt(`stopping toolbox ${name}`, () => this.#deps.ending.stopUnused(desktopId, name));
    }
  }

  /** A terminal ends with its command, or when the connection to it breaks: then it is opened again. */
  async #terminalEnded(sessions: readonly DebugSession[], exitCode: number | null): Promise<void> {
    for (const session of sessions) {
      // A shell in a copy does not end the copy.
      if (session.kind === 'copy') continue;
      if (session.kind === 'exec') {
        await this.#deps.ending.end(session.id, { reason: 'exited', exitCode });
        continue;
      }
      const end = await this.#awaitExit(session);
      if (end) await this.#deps.ending.end(session.id, { exitCode, ...end });
      else this.#reopen(session.id);
    }
  }

  /** Null if the toolbox still runs; the engine may report its end a moment after its terminal ends. */
  async #awaitExit({ desktopId, name }: DebugSession): Promise<EndFacts | null> {
    for (let attempt = 0; attempt < EXIT_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await delay(EXIT_EVERY_MS, undefined, { ref: false });
      try {
        const end = exitOf(name === null ? null : await this.#deps.engine.debug.toolbox(desktopId, name));
        if (end) return end;
      } catch (error) {
        ignore('the engine may be unavailable for a moment')(error);
      }
    }
    return null;
  }

  #reopen(id: string): void {
    setTimeout(() => {
      const again = async (): Promise<void> => {
        const record = await this.#deps.registry.find(id);
        if (record && isOpen(record) && record.server === this.#deps.replicas.me)
          await this.#deps.terminals.open(record, false);
      };
      // If this fails, the next sweep finds out how the session ended.
      again().catch((error: unknown) =>
        this.#deps.events.failed(`opening the terminal of debug session ${id} again`, error),
      );
    }, REOPEN_MS).unref();
  }

  /** A failure does not stop the sweep. */
  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.#deps.events.failed(what, error));
  }
}

/** Null while it runs. */
function exitOf(box: EngineToolbox | null): EndFacts | null {
  if (!box) return { reason: 'exited' };
  if (box.status.state !== 'finished') return null;
  return { reason: 'exited', exitCode: box.status.exitCode, message: box.status.message };
}
