/**
 * Checks the framing of an X server's messages before the X library parses them. Users can replace the X server of their
 * desktop with anything, and the library trusts the lengths in the messages.
 */

/** The X server violates the protocol or our limits. */
export class XProtocolError extends Error {
  override readonly name = 'XProtocolError';
}

const SETUP_HEAD = 32;
const MAX_SETUP_BYTES = 64 * 1024;
const MAX_REPLY_BYTES = 2 * 1024 * 1024;
const MESSAGE_HEAD = 8;
const MESSAGE_BYTES = 32;
const REPLY = 1;
const GENERIC_EVENT = 35;

/** Gets every chunk in order; throws `XProtocolError` if a length exceeds its limit. Doesn't copy bodies. */
export class XFrameGuard {
  /** The number of messages so far. */
  messages = 0;
  #head = Buffer.alloc(SETUP_HEAD);
  #filled = 0;
  #needed = MESSAGE_HEAD;
  /** Remaining bytes of the current message. */
  #skip = 0;
  #stage: 'setup' | 'setup-body' | 'messages' = 'setup';

  check(chunk: Buffer): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, chunk.length - offset);
        this.#skip -= passed;
        offset += passed;
        continue;
      }
      const taken = chunk.copy(this.#head, this.#filled, offset, offset + this.#needed - this.#filled);
      this.#filled += taken;
      offset += taken;
      if (this.#filled === this.#needed) this.#advance();
    }
  }

  #advance(): void {
    if (this.#stage === 'setup') this.#setup();
    else if (this.#stage === 'setup-body') this.#setupBody();
    else this.#message();
  }

  #setup(): void {
    const bodyBytes = this.#head.readUInt16LE(6) * 4;
    const accepted = this.#head[0] === 1;
    if (MESSAGE_HEAD + bodyBytes > MAX_SETUP_BYTES)
      throw new XProtocolError('The X server sent an oversized greeting.');
    if (!accepted) {
      this.#next('messages', bodyBytes);
      return;
    }
    if (MESSAGE_HEAD + bodyBytes < SETUP_HEAD) throw new XProtocolError('The X server sent a truncated greeting.');
    this.#stage = 'setup-body';
    this.#needed = SETUP_HEAD;
  }

  #setupBody(): void {
    const bodyBytes = this.#head.readUInt16LE(6) * 4;
    const resourceMask = this.#head.readUInt32LE(16);
    const screens = this.#head[28];
    // The library searches the mask for its lowest bit, and reads as many screens as announced.
    if (resourceMask === 0 || screens === 0) throw new XProtocolError('The X server has no screen or resource ids.');
    this.#next('messages', bodyBytes - (SETUP_HEAD - MESSAGE_HEAD));
  }

  #message(): void {
    this.messages += 1;
    const type = this.#head.readUInt8(0) & 0x7f;
    const extra = type === REPLY || type === GENERIC_EVENT ? this.#head.readUInt32LE(4) * 4 : 0;
    if (extra > MAX_REPLY_BYTES) throw new XProtocolError(`The X server sent a reply of ${extra} bytes.`);
    this.#next('messages', MESSAGE_BYTES - MESSAGE_HEAD + extra);
  }

  #next(stage: 'messages', skip: number): void {
    this.#stage = stage;
    this.#filled = 0;
    this.#needed = MESSAGE_HEAD;
    this.#skip = skip;
  }
}
