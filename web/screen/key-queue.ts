/**
 * The queue of keys to the desktop. While there is no connection, keys wait in order; the next connection sends them
 * before any later key, and none twice. Pure.
 */
import { isModifierKeysym } from './keysym.ts';
import { isModifier, type KeyItem } from './key-item.ts';

/** One connection to the screen. */
export interface KeySink {
  /** False as soon as it is closing: what is written then is lost. */
  writable(): boolean;
  deliver(item: KeyItem): void;
  /** Number of key messages written: an item may create none, one or several. */
  written(): number;
}

export interface KeyQueueOptions {
  readonly now: () => number;
  /** Called once per interruption if keys waited too long and are dropped. */
  readonly dropped: () => void;
}

type Held = Extract<KeyItem, { down: boolean }>;
interface Waiting {
  readonly item: KeyItem;
  readonly at: number;
}
interface Sent extends Waiting {
  /** `written()` after it. */
  readonly mark: number;
}

/** How long keys wait for a connection. Afterwards all are dropped: half a command is worse than none. */
export const LONGEST_WAIT_MS = 5_000;
/** How long sent keys are kept for retransmission: much longer than a round trip. */
const KEPT_MS = 10_000;
const MOST_SENT = 1_000;

export class KeyQueue {
  readonly #options: KeyQueueOptions;
  #sink: KeySink | null = null;
  /** Keys pressed in the desktop by this connection. */
  #down = new Map<string, Held>();
  /** Modifiers held before the first waiting item. */
  #held = new Map<string, Held>();
  #sent: Sent[] = [];
  /** `mark` of the last item taken from there. */
  #forgotten = 0;
  #waiting: Waiting[] = [];
  /** Things that keys wait for. */
  #holds = 0;
  /** Keys were dropped, and so are later ones until there is a connection. */
  #overdue = false;

  constructor(options: KeyQueueOptions) {
    this.#options = options;
  }

  push(item: KeyItem): void {
    const at = this.#options.now();
    if (this.#holds === 0 && this.#waiting.length === 0 && this.#sink?.writable())
      return this.#deliver(this.#sink, { item, at });
    this.#waiting.push({ item, at });
    this.#dropOverdue();
  }

  /** Keys wait, in their order, for something that must reach the desktop before them; `drop` forgets them. */
  hold(): { release(): void; drop(): void } {
    let ended = false;
    const end = (drop: boolean): void => {
      if (ended) return;
      ended = true;
      this.#holds -= 1;
      // The desktop still needs to hear which keys are no longer pressed.
      if (drop) this.#waiting = this.#waiting.filter(({ item }) => isRelease(item) || isModifierItem(item));
      if (this.#holds === 0 && this.#sink?.writable()) this.#resume(this.#sink);
    };
    this.#holds += 1;
    return { release: () => end(false), drop: () => end(true) };
  }

  /** Connected: presses held keys again, as the desktop released all when the last connection ended, and sends waiting ones. */
  connected(sink: KeySink): void {
    this.#dropOverdue();
    this.#sink = sink;
    this.#down.clear();
    this.#sent = [];
    this.#forgotten = 0;
    if (this.#holds === 0) this.#resume(sink);
  }

  #resume(sink: KeySink): void {
    this.#overdue = false;
    const at = this.#options.now();
    const waiting = this.#waiting;
    this.#waiting = [];
    const held = this.#held;
    this.#held = new Map();
    const press = (): void => {
      for (const item of held.values()) this.#deliver(sink, { item, at });
      held.clear();
    };
    for (const one of waiting) {
      // A key that was only released meanwhile must not be tapped, because a tap may have a meaning.
      if (isRelease(one.item) && held.delete(idOf(one.item))) continue;
      if (!isRelease(one.item)) press();
      this.#deliver(sink, one);
    }
    press();
  }

  /** Disconnected. `received` is how many key messages arrived, null if unknown: then nothing is sent twice. */
  lost(sink: KeySink, received: number | null): void {
    if (sink !== this.#sink) return;
    this.#sink = null;
    if (received !== null && received < this.#forgotten) this.#options.dropped();
    const arrived = this.#sent.filter(({ mark }) => received === null || mark <= received);
    this.#waiting = [...this.#sent.slice(arrived.length), ...this.#waiting];
    for (const { item } of arrived) hold(this.#held, item);
    this.#sent = [];
    this.#down.clear();
  }

  /** Drops everything, for another desktop. */
  clear(): void {
    this.#sink = null;
    this.#waiting = [];
    this.#sent = [];
    this.#down.clear();
    this.#held.clear();
    this.#overdue = false;
  }

  #deliver(sink: KeySink, { item, at }: Waiting): void {
    if (item.kind !== 'text') {
      const id = idOf(item);
      // The desktop released it when the connection ended.
      if (!item.down && !this.#down.has(id)) return;
      if (item.down) this.#down.set(id, item);
      else this.#down.delete(id);
    }
    sink.deliver(item);
    this.#sent.push({ item, at, mark: sink.written() });
    while (this.#sent.length > MOST_SENT || (this.#sent[0]?.at ?? at) < at - KEPT_MS) {
      const old = this.#sent.shift();
      if (!old) break;
      hold(this.#held, old.item);
      this.#forgotten = old.mark;
    }
  }

  #dropOverdue(): void {
    const [first] = this.#waiting;
    // What is held ends by itself.
    if (this.#holds > 0 && this.#sink?.writable()) return;
    if (!first || (!this.#overdue && this.#options.now() - first.at <= LONGEST_WAIT_MS)) return;
    for (const { item } of this.#waiting) hold(this.#held, item);
    this.#waiting = [];
    if (!this.#overdue) this.#options.dropped();
    this.#overdue = true;
  }
}

function idOf(item: Held): string {
  return item.kind === 'stroke' ? `stroke ${item.stroke.code}` : `keysym ${item.keysym}`;
}

function isRelease(item: KeyItem): item is Held {
  return item.kind !== 'text' && !item.down;
}

function isModifierItem(item: KeyItem): item is Held {
  if (item.kind === 'text') return false;
  return item.kind === 'stroke' ? isModifier(item.stroke.key) : isModifierKeysym(item.keysym);
}

/** Tracks which modifiers are held. */
function hold(held: Map<string, Held>, item: KeyItem): void {
  if (!isModifierItem(item)) return;
  if (item.down) held.set(idOf(item), item);
  else held.delete(idOf(item));
}
