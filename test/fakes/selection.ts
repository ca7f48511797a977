/** An X server with one selection, whose owner and requestor a test plays. */
import type { XEvent } from 'x11';
import { Atoms, type AtomName } from '#display/atoms.ts';
import type { SelectionConnection } from '#display/connection.ts';

const NAMES = [
  'CLIPBOARD',
  'DESKPOD_CLIPBOARD',
  'INCR',
  'ATOM',
  'INTEGER',
  'TARGETS',
  'TIMESTAMP',
  'UTF8_STRING',
  'text/plain',
  'text/plain;charset=utf-8',
  'text/html',
  'image/png',
] as const;
const ROOT = 1;

interface Property {
  readonly type: number;
  readonly format: number;
  readonly data: Buffer;
}

export class FakeSelection implements SelectionConnection {
  readonly root = ROOT;
  readonly atoms = new Atoms(new Map(NAMES.map((name, index): [AtomName, number] => [name, index + 100])));
  readonly windows = new Set<number>();
  /** Answers to requests for the selection, property 0 for a refusal. */
  readonly notified: { readonly requestor: number; readonly property: number }[] = [];
  /** Plays the owner: called for each conversion. */
  owner: (requestor: number, target: number, property: number) => void = () => {};
  /** Plays the reader of a property: called when a window's property was deleted. */
  deleted: (window: number, property: number) => void = () => {};
  /** Plays the requestor: called when one of its properties has changed; false if its window is gone. */
  changed: (window: number, value: Property) => boolean = () => true;
  readonly #listeners = new Set<(event: XEvent) => void>();
  readonly #properties = new Map<string, Property>();
  #last = 1000;

  number(name: (typeof NAMES)[number]): number {
    return this.atoms.number(name);
  }

  emit(event: XEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** The owner puts something into a property, and says so if it is the first piece. */
  put(window: number, property: number, value: Property): void {
    this.#properties.set(`${window} ${property}`, value);
    this.emit({ name: 'PropertyNotify', wid: window, atom: property, state: 0 });
  }

  notify(requestor: number, target: number, property: number): void {
    this.emit({ name: 'SelectionNotify', requestor, target, property, selection: this.number('CLIPBOARD') });
  }

  onEvent(listener: (event: XEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onClose(): void {}

  async property(window: number, atom: number, maxBytes: number, offsetBytes = 0) {
    const found = this.#properties.get(`${window} ${atom}`);
    if (found === undefined) return null;
    const data = found.data.subarray(offsetBytes, offsetBytes + maxBytes);
    return { ...found, data, bytesAfter: Math.max(0, found.data.length - offsetBytes - data.length) };
  }

  async select(): Promise<boolean> {
    return true;
  }

  async createWindow(): Promise<number> {
    this.#last += 1;
    this.windows.add(this.#last);
    return this.#last;
  }

  async destroyWindow(window: number): Promise<void> {
    this.windows.delete(window);
  }

  async changeProperty(
    window: number,
    { type, format, data }: { atom: number; type: number; format: 8 | 32; data: Buffer | readonly number[] },
  ): Promise<boolean> {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.from(Uint32Array.from(data).buffer);
    return this.changed(window, { type, format, data: bytes });
  }

  async deleteProperty(window: number, atom: number): Promise<void> {
    this.#properties.delete(`${window} ${atom}`);
    this.deleted(window, atom);
  }

  async watchSelection(): Promise<boolean> {
    return true;
  }

  ownSelection(): void {}

  convertSelection(window: number, _selection: number, target: number, property: number): void {
    queueMicrotask(() => this.owner(window, target, property));
  }

  async notifySelection(answer: { requestor: number; property: number }): Promise<void> {
    this.notified.push(answer);
  }
}
