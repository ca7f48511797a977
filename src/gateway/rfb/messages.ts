/** Frames what an RFB viewer sends, whatever the chunks: every message whole, of a known type, within its bound. */
import { CloseCode } from '#protocol/screen.ts';
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

/** Text of a paste, compressed or not. */
export const MAX_CUT_TEXT_BYTES = 1024 * 1024;
export const EXTENDED_MOUSE_BUTTONS = -316;
const MAX_FENCE_BYTES = 64;
const MAX_ENCODINGS = 1024;

interface Shape {
  readonly kind: MessageKind;
  /** Bytes needed to get on: the message's length once its head is there, more than `head` holds until then. */
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

/** How a viewer begins (RFC 6143, section 7.1): its version, then its security type and ClientInit. */
const OPENING = [fixed('version', 12), fixed('choice', 2)];
const QEMU_AUDIO = 1;
/** With extended mouse buttons, a pointer message whose mask has its highest bit set has one more byte. */
const LONG_POINTER = fixed('pointer', 7);

/** Fed with every chunk of one viewer in order. The first are `version` and `choice`. */
export class ViewerMessages {
  /** Messages of the opening that came so far. */
  #opened = 0;
  #extendedButtons = false;
  #partial: Buffer = Buffer.alloc(0);
  #filled = 0;

  /** The messages that this chunk completes; they may share its memory. Throws `RfbError`, after which it is of no use. */
  push(chunk: Buffer): readonly ViewerMessage[] {
    const messages: ViewerMessage[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      offset +=
        this.#filled > 0 ? this.#fill(chunk.subarray(offset), messages) : this.#take(chunk.subarray(offset), messages);
    }
    return messages;
  }

  /** The usual case: a message that lies whole in the chunk. Returns how many bytes were used. */
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

  /** Adds to the message that an earlier chunk began. */
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
    if (shape.kind === 'set_encodings') this.#extendedButtons = encodingsOf(bytes).includes(EXTENDED_MOUSE_BUTTONS);
    const audio = shape.kind === 'extended_key' && bytes.readUInt8(1) === QEMU_AUDIO;
    return { kind: audio ? 'audio' : shape.kind, bytes };
  }
}

/** What a SetEncodings message lists. */
export function encodingsOf(message: Buffer): readonly number[] {
  return Array.from({ length: message.readUInt16BE(2) }, (_, index) => message.readInt32BE(4 + index * 4));
}

function setEncodings(head: Buffer): number {
  if (head.length < 4) return 4;
  const count = head.readUInt16BE(2);
  if (count > MAX_ENCODINGS) throw new RfbError(`The viewer listed ${count} encodings.`);
  return 4 + count * 4;
}

/** A negative length marks the extended clipboard, which begins with four bytes of flags. */
function cutText(head: Buffer): number {
  if (head.length < 8) return 8;
  const length = head.readInt32BE(4);
  if (Math.abs(length) > MAX_CUT_TEXT_BYTES) {
    throw new RfbError('The clipboard text is larger than 1 MiB.', CloseCode.tooBig);
  }
  if (length < 0 && length > -4) throw new RfbError('The viewer sent a clipboard message without flags.');
  return 8 + Math.abs(length);
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
