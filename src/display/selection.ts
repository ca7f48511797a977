/**
 * The X clipboard of one display: what is copied in the desktop, by events and without reading it, and what pages put into
 * it. Text alone is there, too; whether RFB or this carries it is for the callers to decide.
 */
import { randomUUID } from 'node:crypto';
import type { XEvent } from 'x11';
import { DeskpodError, toError } from '#domain/errors.ts';
import type { DisplayClipboard } from '#domain/ports/display.ts';
import { type ClipboardForm, type ClipboardOffer, ClipboardType } from '#protocol/clipboard.ts';
import { ignore } from '#protocol/ignore.ts';
import type { AtomName, Atoms } from './atoms.ts';
import type { SelectionConnection } from './connection.ts';
import { Paced } from '#domain/paced.ts';
import { OwnedSelection, TARGETS_OF } from './selection-own.ts';
import { readSelection } from './selection-read.ts';

/** Between two looks at what the owner offers: programs can take the clipboard as often as they like. */
const LOOK_GAP_MS = 100;
/** More names than any program offers. */
const MAX_TARGETS_BYTES = 4 * 512;
/** Reads that wait for the one under way. */
const MOST_READS = 32;

export class ClipboardSelection implements DisplayClipboard {
  readonly #x: SelectionConnection & { close(reason: Error | null): void };
  readonly #atoms: Atoms;
  readonly #listeners = new Set<(offer: ClipboardOffer | null) => void>();
  readonly #closed = new AbortController();
  readonly #paced = new Paced(
    () => LOOK_GAP_MS,
    () => this.#guarded(() => this.#look()),
  );
  #offer: ClipboardOffer | null = null;
  /** What the owner offers, by its names among X programs. */
  #targets: ReadonlySet<AtomName> = new Set();
  #owned: OwnedSelection | null = null;
  /** Counts changes of the owner or the offer. */
  #changes = 0;
  /** Counts those who took the clipboard. */
  #takers = 0;
  /** An owner came or went since the start. */
  #followed = false;
  #reads = 0;
  #lastRead: Promise<unknown> = Promise.resolve();

  constructor(x: SelectionConnection & { close(reason: Error | null): void }, atoms: Atoms) {
    this.#x = x;
    this.#atoms = atoms;
  }

  get offer(): ClipboardOffer | null {
    return this.#offer;
  }

  /** Resolves when changes are followed. What is there already is announced like a change. */
  async start(): Promise<void> {
    this.#x.onClose((reason) => this.#closed.abort(reason ?? gone()));
    this.#x.onEvent((event) => this.#notice(event));
    await this.#x.watchSelection(this.#atoms.number('CLIPBOARD'));
    this.#paced.request();
  }

  stop(): void {
    this.#paced.stop();
    this.#owned = null;
  }

  onChange(listener: (offer: ClipboardOffer | null) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async read(id: string, type: ClipboardType, maxBytes: number): Promise<Buffer> {
    this.#require(id, type);
    if (this.#reads >= MOST_READS)
      throw new DeskpodError('too_many_open', 'Too many requests wait for the clipboard of this desktop.');
    this.#reads += 1;
    const before = this.#lastRead;
    const reading = before.then(() => this.#readNow(id, type, maxBytes));
    this.#lastRead = reading.catch(ignore('the caller reports it'));
    try {
      return await reading;
    } finally {
      this.#reads -= 1;
    }
  }

  async write(forms: readonly ClipboardForm<Buffer>[], from: string | null): Promise<ClipboardOffer> {
    const offer = { id: randomUUID(), types: forms.map(({ type }) => type), from, fresh: true };
    const window = await this.#x.createWindow();
    const before = this.#owned;
    this.#takers += 1;
    this.#owned = new OwnedSelection(this.#x, this.#atoms, window, offer, forms);
    this.#x.ownSelection(window, this.#atoms.number('CLIPBOARD'));
    this.#become(offer);
    if (before) await this.#x.destroyWindow(before.window);
    return offer;
  }

  async #readNow(id: string, type: ClipboardType, maxBytes: number): Promise<Buffer> {
    this.#require(id, type);
    const own = this.#owned?.offer.id === id ? this.#owned.read(type) : null;
    if (own !== null) return own;
    const name = TARGETS_OF[type].find((target) => this.#targets.has(target));
    const target = this.#atoms.number(name ?? 'TARGETS');
    const takers = this.#takers;
    const form = await readSelection(this.#x, this.#atoms, { target, maxBytes, closed: this.#closed.signal });
    // Some file managers give up the clipboard when what was cut is read, so that it is moved once.
    if (takers !== this.#takers) throw gone();
    if (form === null || form.format !== 8) throw gone();
    return type === 'text/html' ? asUtf8(form.data) : form.data;
  }

  /** Another copy has taken its place, or its program has ended. */
  #require(id: string, type: ClipboardType): void {
    if (this.#offer?.id !== id || !this.#offer.types.includes(type)) throw gone();
  }

  #notice(event: XEvent): void {
    if (event.name === 'SelectionRequest' && event.owner === this.#owned?.window && event.owner !== undefined)
      void this.#owned?.answer(event).catch(ignore('the connection was lost'));
    else if (event.selection !== this.#atoms.number('CLIPBOARD')) return;
    else if (event.name === 'SelectionClear' && event.owner === this.#owned?.window) this.#lose();
    else if (event.name === 'SelectionNotify' && event.requestor === undefined) this.#changeOwner(event);
  }

  #changeOwner({ owner, selectionTimestamp = 0 }: XEvent): void {
    if (this.#owned !== null && owner === this.#owned.window) {
      this.#owned.since = selectionTimestamp;
      if (this.#offer !== this.#owned.offer) this.#become(this.#owned.offer);
      return;
    }
    this.#changes += 1;
    if (owner !== 0) this.#takers += 1;
    this.#followed = true;
    this.#offer = null;
    this.#paced.request();
  }

  #lose(): void {
    const lost = this.#owned;
    this.#owned = null;
    this.#takers += 1;
    if (lost) void this.#x.destroyWindow(lost.window).catch(ignore('the connection was lost'));
    this.#changes += 1;
    this.#followed = true;
    this.#offer = null;
    this.#paced.request();
  }

  async #look(): Promise<void> {
    if (this.#owned !== null && this.#offer === this.#owned.offer) return;
    const changes = this.#changes;
    const targets = await this.#readTargets();
    if (changes !== this.#changes) return;
    const types = ClipboardType.options.filter((type) => TARGETS_OF[type].some((name) => targets.has(name)));
    this.#targets = targets;
    this.#become(types.length === 0 ? null : { id: randomUUID(), types, from: null, fresh: this.#followed });
  }

  async #readTargets(): Promise<ReadonlySet<AtomName>> {
    const target = this.#atoms.number('TARGETS');
    const wanted = { target, maxBytes: MAX_TARGETS_BYTES, closed: this.#closed.signal };
    // An owner that doesn't say, or says too much, offers nothing.
    const reply = await readSelection(this.#x, this.#atoms, wanted).catch((error: unknown) => {
      if (this.#closed.signal.aborted) throw error;
      return ignore('the owner of the clipboard does not answer', null)(error);
    });
    if (reply === null || reply.format !== 32) return new Set();
    const numbers = Array.from({ length: reply.data.length >> 2 }, (_, index) => reply.data.readUInt32LE(index * 4));
    return new Set(numbers.map((number) => this.#atoms.name(number)).filter((name) => name !== null));
  }

  #become(offer: ClipboardOffer | null): void {
    this.#changes += 1;
    this.#offer = offer;
    for (const listener of this.#listeners) listener(offer);
  }

  /** The connection itself reports that it was lost. */
  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#x.close(toError(error));
    }
  }
}

function gone(): DeskpodError {
  return new DeskpodError('not_found', 'This is no longer in the desktop’s clipboard. Copy it again.');
}

/** Some programs send UTF-16 with a byte order mark. */
function asUtf8(data: Buffer): Buffer {
  const [first, second] = data;
  const wide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return wide ? Buffer.from(new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be').decode(data)) : data;
}
