/** A terminal that ended: its command did, and so its session; or only the connection to it, and then it is held again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { DebugSession } from '../../protocol/debug.ts';
import type { Engine } from '../engine.ts';
import type { DebugBook } from './book.ts';
import { exitOf } from './care.ts';
import type { DebugEnding, EndFacts } from './ending.ts';
import { isOpen } from './record.ts';
import type { DebugTerminals } from './terminals.ts';

const AGAIN_MS = 1_000;
const EXIT_EVERY_MS = 300;
const EXIT_TURNS = 8;

export class DebugExits {
  readonly #deps;

  constructor(deps: {
    engine: Pick<Engine, 'debug'>;
    book: DebugBook;
    ending: DebugEnding;
    terminals: Pick<DebugTerminals, 'keep'>;
    /** This server. */
    me: string;
    failed: (what: string, error: unknown) => void;
  }) {
    this.#deps = deps;
  }

  /** Of all sessions that used it. */
  async over(sessions: readonly DebugSession[], exitCode: number | null): Promise<void> {
    for (const session of sessions) {
      // A shell in a copy is only a visitor there.
      if (session.kind === 'copy') continue;
      if (session.kind === 'exec') {
        await this.#deps.ending.end(session.id, { reason: 'exited', exitCode });
        continue;
      }
      const end = await this.#exitOf(session);
      if (end) await this.#deps.ending.end(session.id, { exitCode, ...end });
      else this.#holdAgain(session.id);
    }
  }

  /** Null when it goes on; the engine may say that it ended a moment later than its terminal does. */
  async #exitOf({ desktopId, name }: DebugSession): Promise<EndFacts | null> {
    for (let turn = 0; turn < EXIT_TURNS; turn += 1) {
      if (turn > 0) await delay(EXIT_EVERY_MS, undefined, { ref: false });
      try {
        const end = exitOf(name === null ? null : await this.#deps.engine.debug.toolbox(desktopId, name));
        if (end) return end;
      } catch {
        // The engine may be away for a moment.
      }
    }
    return null;
  }

  #holdAgain(id: string): void {
    setTimeout(() => {
      const again = async (): Promise<void> => {
        const record = await this.#deps.book.find(id);
        if (record && isOpen(record) && record.server === this.#deps.me) await this.#deps.terminals.keep(record, false);
      };
      // The sweep finds out what became of it.
      again().catch((error: unknown) => this.#deps.failed(`holding the terminal of debug session ${id}`, error));
    }, AGAIN_MS).unref();
  }
}
