/** Splits a viewer's RFB stream into messages, and checks their types and sizes. */
import { MAX_CLIPBOARD_BYTES } from '#protocol/screen.ts';
import { ENCODING } from './encodings.ts';
import { RfbError } from './error.ts';

export type MessageKind =
  | 'version'
  | 'choice'
  | 'set_pixel_format'
  | 'set_encodings'
  | 'update_request'
  | 'key'
  | 'pointer'
  | 'cut_text'
  | 'oversized_cut_text'
  | 'continuous_updates'
  | 'fence'
  | 'power'
  | 'set_desktop_size'
  | 'gii'
  | 'extended_key'
  | 'audio';

export interface ViewerMessage {
  readonly kind: MessageKind;
  readonly bytes: Buffer;
}

const MAX_FENCE_BYTES = 64;
const MAX_ENCODINGS = 1024;

interface Shape {
  readonly kind: MessageKind;
  /** The message's length once its head is complete; until then, the bytes needed for the next step. */
  readonly needs: (head: Buffer) => number;
}

function fixed(kind: MessageKind, bytes: number): Shape {
  return { kind, needs: () => bytes };
}

const SHAPES: ReadonlyMap<number, Shape> = new Map([
  [0, fixed('set_pixel_format', 20)],
  [2, { kind: 'set_encodings', needs: setEncodings }],
  [3, fixed('update_request', 10)],
  [4, fixed('key', 8)],
  [5, fixed('pointer', 6)],
  [6, { kind: 'cut_text', needs: cutText }],
  [150, fixed('continuous_updates', 10)],
  [248, { kind: 'fence', needs: fence }],
  [250, fixed('power', 4)],
  [251, { kind: 'set_desktop_size', needs: (head) => (head.length < 8 ? 8 : 8 + 16 * head.readUInt8(6)) }],
  [253, { kind: 'gii', needs: gii }],
  [255, { kind: 'extended_key', needs: qemu }],
]);

/** The start of a viewer's stream (RFC 6143, section 7.1): version, then security type and ClientInit. */
const OPENING = [fixed('version', 12), fixed('choice', 2)];
const QEMU_AUDIO = 1;
/** With extended mouse buttons, a pointer message whose mask has its highest bit set has one more byte. */
const LONG_POINTER = fixed('pointer', 7);

/** Gets every chunk of one viewer in order. The first messages are `version` and `choice`. */
export class ViewerMessages {
  /** Messages of the handshake so far. */
  #opened = 0;
  #extendedButtons = false;
  #partial: Buffer = Buffer.alloc(0);
  #filled = 0;
  /** Remaining bytes of a message that is dropped. */
  #skip = 0;

  /** The messages that this chunk completes; they may share its memory. Unusable after it throws `RfbError`. */
  push(chunk: Buffer): readonly ViewerMessage[] {
    const messages: ViewerMessage[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      const rest = chunk.subarray(offset);
      if (this.#skip > 0) offset += this.#drop(rest);
      else offset += this.#filled > 0 ? this.#fill(rest, messages) : this.#take(rest, messages);
    }
    return messages;
  }

  /** The usual case: the chunk contains a whole message. Returns its length. */
  #take(rest: Buffer, messages: ViewerMessage[]): number {
    const shape = this.#shape(rest);
    const needs = shape.needs(rest);
    if (rest.length >= needs) {
      messages.push(this.#complete(shape, rest.subarray(0, needs)));
      return needs;
    }
    this.#partial = Buffer.alloc(needs);
    this.#filled = rest.copy(this.#partial);
    return rest.length;
  }

  /** Continues a message that started in an earlier chunk. */
  #fill(rest: Buffer, messages: ViewerMessage[]): number {
    const used = rest.copy(this.#partial, this.#filled, 0, this.#partial.length - this.#filled);
    this.#filled += used;
    const head = this.#partial.subarray(0, this.#filled);
    const shape = this.#shape(head);
    const needs = shape.needs(head);
    if (this.#filled >= needs) {
      this.#filled = 0;
      messages.push(this.#complete(shape, head));
    } else if (needs > this.#partial.length) {
      this.#partial = Buffer.concat([head], needs);
    }
    return used;
  }

  #drop(rest: Buffer): number {
    const dropped = Math.min(this.#skip, rest.length);
    this.#skip -= dropped;
    return dropped;
  }

  #shape(head: Buffer): Shape {
    const opening = OPENING[this.#opened];
    if (opening) return opening;
    const type = head.readUInt8(0);
    const shape = SHAPES.get(type);
    if (!shape) throw new RfbError(`The viewer sent a message of the unknown type ${type}.`);
    if (shape.kind !== 'pointer' || !this.#extendedButtons) return shape;
    if (head.length < 2) return fixed('pointer', 2);
    return head.readUInt8(1) & 0x80 ? LONG_POINTER : shape;
  }

  #complete(shape: Shape, bytes: Buffer): ViewerMessage {
    this.#opened = Math.min(this.#opened + 1, OPENING.length);
    if (shape.kind === 'set_encodings')
      this.#extendedButtons = encodingsOf(bytes).includes(ENCODING.extendedMouseButtons);
    if (shape.kind === 'cut_text' && cutTextBytes(bytes) > MAX_CLIPBOARD_BYTES) {
      this.#skip = 8 + cutTextBytes(bytes) - bytes.length;
      return { kind: 'oversized_cut_text', bytes };
    }
    const audio = shape.kind === 'extended_key' && bytes.readUInt8(1) === QEMU_AUDIO;
    return { kind: audio ? 'audio' : shape.kind, bytes };
  }
}

/** The encodings of a SetEncodings message. */
export function encodingsOf(message: Buffer): readonly number[] {
  return Array.from({ length: message.readUInt16BE(2) }, (_, index) => message.readInt32BE(4 + index * 4));
}

function setEncodings(head: Buffer): number {
  if (head.length < 4) return 4;
  const count = head.readUInt16BE(2);
  if (count > MAX_ENCODINGS) throw new RfbError(`The viewer listed ${count} encodings.`);
  return 4 + count * 4;
}

/** The clipboard message after its first eight bytes. */
export function cutTextBytes(message: Buffer): number {
  return Math.abs(message.readInt32BE(4));
}

/** Whether it is an extended clipboard message: its length is negative, and four bytes of flags follow. */
export function isExtended(cutText: Buffer): boolean {
  return cutText.readInt32BE(4) < 0;
}

/** Of a text that is too large, only the head is kept, for its length. */
function cutText(head: Buffer): number {
  if (head.length < 8) return 8;
  const extended = isExtended(head);
  const length = cutTextBytes(head);
  if (extended && length < 4) throw new RfbError('The viewer sent a clipboard message without flags.');
  if (length > MAX_CLIPBOARD_BYTES) return extended ? 12 : 8;
  return 8 + length;
}

function fence(head: Buffer): number {
  if (head.length < 9) return 9;
  const length = head.readUInt8(8);
  if (length > MAX_FENCE_BYTES) throw new RfbError(`The viewer sent a fence of ${length} bytes.`);
  return 9 + length;
}

/** General input interface: the highest bit of the second byte tells the byte order. */
function gii(head: Buffer): number {
  if (head.length < 4) return 4;
  return 4 + (head.readUInt8(1) & 0x80 ? head.readUInt16BE(2) : head.readUInt16LE(2));
}

/** QEMU's messages: extended key events, and switching sound on and off. */
function qemu(head: Buffer): number {
  if (head.length < 2) return 2;
  const kind = head.readUInt8(1);
  if (kind === 0) return 12;
  if (kind !== QEMU_AUDIO) throw new RfbError(`The viewer sent a QEMU message of the unknown type ${kind}.`);
  if (head.length < 4) return 4;
  return head.readUInt16BE(2) === 2 ? 10 : 4;
}
