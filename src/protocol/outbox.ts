/** The numbered messages of one side of a resumable screen: those on their way, and those that arrived. Pure. */

/** Messages that the other side hasn't confirmed. */
export class Outbox<Message extends { readonly length: number }> {
  #kept: Message[] = [];
  /** How many were sent before those. */
  #before = 0;
  #size = 0;

  /** The length of all that are kept. */
  get size(): number {
    return this.#size;
  }

  add(message: Message): void {
    this.#kept.push(message);
    this.#size += message.length;
  }

  /** The other side has received this many since the beginning. False if that can't be. */
  confirm(received: number): boolean {
    const count = received - this.#before;
    if (count < 0 || count > this.#kept.length) return false;
    for (const message of this.#kept.splice(0, count)) this.#size -= message.length;
    this.#before = received;
    return true;
  }

  /** What to send again. */
  get kept(): readonly Message[] {
    return this.#kept;
  }
}

/** Counts what arrives, and says when it's time to confirm it. */
export class Inbox {
  readonly #everyBytes: number;
  #received = 0;
  #confirmed = 0;
  #unconfirmedBytes = 0;

  /** After this many bytes, a confirmation isn't put off. */
  constructor(everyBytes: number) {
    this.#everyBytes = everyBytes;
  }

  get received(): number {
    return this.#received;
  }

  /** True if it's time to confirm. */
  take(bytes: number): boolean {
    this.#received += 1;
    this.#unconfirmedBytes += bytes;
    return this.#unconfirmedBytes >= this.#everyBytes;
  }

  /** What to confirm now; null if nothing is new. */
  confirmation(): number | null {
    if (this.#confirmed === this.#received) return null;
    this.#confirmed = this.#received;
    this.#unconfirmedBytes = 0;
    return this.#received;
  }
}
