/**
 * Requests of programs to open a file or link: properties of the root window, one for each request, which are read and
 * deleted. The cost is bounded however many a program writes: the rest waits for the next turn.
 */
import type { XEvent } from 'x11';
import { toError } from '#domain/errors.ts';
import type { Atoms } from './atoms.ts';
import type { XConnection } from './connection.ts';
import { Paced } from '#domain/paced.ts';

const PREFIX = '_DESKPOD_OPEN_';
const MAX_BYTES = 4096;
const GAP_MS = 100;
/** Names asked for, and requests taken, in one turn. */
const AT_ONCE = 32;
/** Atoms of other properties to remember: a window manager has a few dozen. */
const MOST_OTHERS = 1000;

type RequestConnection = Pick<XConnection, 'root' | 'onEvent' | 'close' | 'takeProperty' | 'properties' | 'atomName'>;

export class OpenRequests {
  readonly #x: RequestConnection;
  readonly #atoms: Pick<Atoms, 'name'>;
  readonly #listeners = new Set<(text: string) => void>();
  /** Atoms that are no requests. */
  readonly #others = new Set<number>();
  readonly #paced = new Paced(
    () => GAP_MS,
    () => this.#take(),
  );

  /** Events of the root window must be selected already. */
  constructor(x: RequestConnection, atoms: Pick<Atoms, 'name'>) {
    this.#x = x;
    this.#atoms = atoms;
    x.onEvent((event) => this.#notice(event));
  }

  /** Requests wait in the X server until somebody listens. Returns a function that stops it. */
  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    this.#paced.request();
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#paced.stop();
  }

  #notice({ name, wid, atom, state }: XEvent): void {
    if (name !== 'PropertyNotify' || wid !== this.#x.root || atom === undefined || state === 1) return;
    if (this.#listeners.size === 0 || this.#others.has(atom) || this.#atoms.name(atom) !== null) return;
    this.#paced.request();
  }

  async #take(): Promise<void> {
    if (this.#listeners.size === 0) return;
    try {
      const unknown = (await this.#x.properties(this.#x.root)).filter(
        (atom) => this.#atoms.name(atom) === null && !this.#others.has(atom),
      );
      for (const atom of unknown.slice(0, AT_ONCE)) await this.#takeOne(atom);
      if (unknown.length > AT_ONCE) this.#paced.request();
    } catch (error) {
      this.#x.close(toError(error));
    }
  }

  async #takeOne(atom: number): Promise<void> {
    const name = await this.#x.atomName(atom);
    if (!name?.startsWith(PREFIX)) {
      if (this.#others.size >= MOST_OTHERS) this.#others.clear();
      this.#others.add(atom);
      return;
    }
    const property = await this.#x.takeProperty(this.#x.root, atom, MAX_BYTES);
    if (property === null || property.format !== 8) return;
    const text = property.data.toString('utf8');
    for (const listener of this.#listeners) listener(text);
  }
}
