/** The windows of an X server, as far as the window list reads them; counts what is read. */
import { Atoms, type AtomName } from '#display/atoms.ts';
import type { WindowConnection } from '#display/connection.ts';
import type { XEvent } from 'x11';

const ROOT = 1;
const STRING = 31;
const NAMES = ['WM_NAME', 'WM_CLASS', '_NET_ACTIVE_WINDOW', '_NET_CLIENT_LIST', '_NET_WM_ICON'] as const;

export class FakeWindows implements WindowConnection {
  readonly root = ROOT;
  readonly atoms = new Atoms(new Map(NAMES.map((name, index): [AtomName, number] => [name, index + 100])));
  /** Requests for an icon, or for a part of it, by window. */
  readonly iconReads: { readonly window: number; readonly bytes: number }[] = [];
  readonly #properties = new Map<string, { format: number; data: Buffer }>();
  #listener: (event: XEvent) => void = () => {};

  /** Of a window, or of the root: its text or words. */
  set(window: number, name: (typeof NAMES)[number], value: string | readonly number[]): void {
    const isText = typeof value === 'string';
    const data = isText ? Buffer.from(value) : Buffer.from(Uint32Array.from(value).buffer);
    this.#properties.set(`${window} ${this.atoms.number(name)}`, { format: isText ? 8 : 32, data });
  }

  /** Reports that a property changed. */
  notify(window: number, name: AtomName): void {
    this.#listener({ name: 'PropertyNotify', wid: window, atom: this.atoms.number(name) });
  }

  onEvent(listener: (event: XEvent) => void): () => void {
    this.#listener = listener;
    return () => {};
  }

  close(reason: Error | null = null): void {
    throw reason ?? new Error('closed');
  }

  async property(window: number, atom: number, maxBytes: number, offsetBytes = 0) {
    const found = this.#properties.get(`${window} ${atom}`);
    if (found === undefined) return null;
    const data = found.data.subarray(offsetBytes, offsetBytes + maxBytes);
    if (atom === this.atoms.number('_NET_WM_ICON')) this.iconReads.push({ window, bytes: data.length });
    return { type: STRING, format: found.format, bytesAfter: 0, data };
  }

  async words(window: number, atom: number, maxWords: number, offsetWords = 0) {
    const { data = Buffer.alloc(0) } = (await this.property(window, atom, maxWords * 4, offsetWords * 4)) ?? {};
    return Array.from({ length: data.length >> 2 }, (_, index) => data.readUInt32LE(index * 4));
  }

  async viewable(): Promise<boolean> {
    return true;
  }

  async select(): Promise<boolean> {
    return true;
  }

  async pid(): Promise<number | null> {
    return null;
  }
}
