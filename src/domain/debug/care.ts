/**
 * Looks after all debug sessions, in one server at a time: ends those whose time is over or whose toolbox is gone, takes
 * over those whose server is gone, and stops toolboxes of ours that no session uses.
 */
import type { Engine } from '../engine.ts';
import type { Replicas } from '../replicas.ts';
import type { Store } from '../store.ts';
import type { DebugBook } from './book.ts';
import type { DebugEnding, EndFacts } from './ending.ts';
import type { EngineToolbox } from './engine.ts';
import type { DebugRecord } from './record.ts';
import type { DebugTerminals } from './terminals.ts';

/** A toolbox may be seen before its session says so. */
const UNUSED_MS = 60_000;
const UNSEEN_MS = 30_000;
/** With nobody looking into anything, forgotten toolboxes are looked for only now and then. */
const QUIET_ROUNDS = 6;

export class DebugCare {
  readonly #deps;
  #round = 0;
  /** Servers that were missing at the last sweep: after an outage of the store all are, for a moment. */
  #missed: ReadonlySet<string> = new Set();

  constructor(deps: {
    engine: Pick<Engine, 'debug' | 'desktops'>;
    store: Pick<Store, 'launches'>;
    replicas: Pick<Replicas, 'alive' | 'me'>;
    book: DebugBook;
    ending: DebugEnding;
    terminals: DebugTerminals;
    failed: (what: string, error: unknown) => void;
  }) {
    this.#deps = deps;
  }

  async sweep(now: Date = new Date()): Promise<void> {
    const { engine, book, ending } = this.#deps;
    const open = await book.list({ open: true });
    this.#round += 1;
    if (open.length === 0 && this.#round % QUIET_ROUNDS !== 1) return;
    const [boxes, desktops] = await Promise.all([engine.debug.toolboxes(), engine.desktops()]);
    const running = new Set(desktops.flatMap(({ id, state }) => (state === 'running' ? id : [])));
    const orphaned = await this.#orphaned(open);
    for (const record of open) {
      const end = running.has(record.session.desktopId)
        ? await this.#endOf(record, boxes, orphaned, now)
        : ({ reason: 'desktop_ended' } as const);
      const { id } = record.session;
      await this.#attempt(`ending debug session ${id}`, async () => {
        if (end) await ending.end(id, end);
        else if (orphaned.has(id)) await this.#takeOver(record);
      });
    }
    await this.#stopUnused(boxes, open, now);
  }

  /** At start-up: what an earlier life of this server looked after, it looks after again; `name` is what both are called. */
  async adopt(name: string): Promise<void> {
    const { book, replicas } = this.#deps;
    for (const record of await book.list({ open: true })) {
      const { server, session } = record;
      if (server === replicas.me || !server?.startsWith(`${name}/`) || session.status.state !== 'running') continue;
      await this.#attempt(`holding debug session ${session.id} again`, () => this.#takeOver(record));
    }
  }

  /** Why it is over; null when it goes on. */
  async #endOf(
    { session }: DebugRecord,
    boxes: readonly EngineToolbox[],
    orphaned: ReadonlySet<string>,
    now: Date,
  ): Promise<EndFacts | null> {
    const { status, kind, name, desktopId, id } = session;
    switch (status.state) {
      case 'asking':
        return now >= new Date(status.until) ? { reason: 'unanswered' } : null;
      case 'starting':
        return orphaned.has(id) ? { reason: 'failed', message: 'The server ended while it started. Try again.' } : null;
      case 'running': {
        if (now >= new Date(status.endsAt)) return { reason: 'expired' };
        if (kind === 'toolbox') {
          const box = boxes.find((one) => one.name === name && one.desktopId === desktopId) ?? null;
          // A cluster shows a new one a moment later.
          const isNew = now.getTime() - Date.parse(session.startedAt ?? session.askedAt) < UNSEEN_MS;
          return box || !isNew ? exitOf(box) : null;
        }
        const copy = kind === 'copy' && name !== null ? await this.#deps.store.launches.find(name) : null;
        return copy?.end ? { reason: 'exited', exitCode: copy.end.exitCode, message: copy.end.message } : null;
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
    const before = this.#missed;
    this.#missed = new Set(away.flatMap(({ server }) => server ?? []));
    return new Set(away.flatMap(({ session, server }) => (server !== null && before.has(server) ? session.id : [])));
  }

  /** From now on it is recorded here. */
  async #takeOver({ session }: DebugRecord): Promise<void> {
    const { book, terminals, replicas } = this.#deps;
    const mine = await book.change(session.id, ['running'], { server: replicas.me });
    if (mine?.session.kind === 'toolbox') await terminals.keep(mine, false);
  }

  async #stopUnused(boxes: readonly EngineToolbox[], open: readonly DebugRecord[], now: Date): Promise<void> {
    const used = new Set(open.map(({ session }) => `${session.desktopId} ${session.name}`));
    for (const { name, desktopId, foreign, status, startedAt } of boxes) {
      if (foreign || status.state === 'finished' || used.has(`${desktopId} ${name}`)) continue;
      if (now.getTime() - startedAt.getTime() < UNUSED_MS) continue;
      await this.#attempt(`stopping toolbox ${name}`, () => this.#deps.ending.stopUnused(desktopId, name));
    }
  }

  /** One that fails does not keep the others waiting. */
  async #attempt(what: string, work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => this.#deps.failed(what, error));
  }
}

/** Null while it runs. */
export function exitOf(box: EngineToolbox | null): EndFacts | null {
  if (!box) return { reason: 'exited' };
  if (box.status.state !== 'finished') return null;
  return { reason: 'exited', exitCode: box.status.exitCode, message: box.status.message };
}
