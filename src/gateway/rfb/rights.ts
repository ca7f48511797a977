/**
 * Filters a viewer's messages by the ticket's rights. This also prevents clipboard text from leaving the desktop: with the
 * extended clipboard, a viewer only gets text that it requests, so every viewer uses it and its requests are dropped.
 */
import type { TicketRights } from '#domain/ports/auth.ts';
import { MAX_PIXELS, MAX_SIDE } from '#protocol/screen.ts';
import { ENCODING } from './encodings.ts';
import { cutTextBytes, encodingsOf, isExtended, type MessageKind, type ViewerMessage } from './messages.ts';

const ACTION = { caps: 1 << 24, request: 1 << 25, peek: 1 << 26, notify: 1 << 27, provide: 1 << 28 } as const;
const TEXT = 1;

export interface TextTransfer {
  /** `in` is to the desktop. */
  readonly direction: 'in' | 'out';
  /** On the wire, where most viewers compress it; null if it is unknown. */
  readonly bytes: number | null;
}

/** Messages that control the desktop. */
const CONTROLS: ReadonlySet<MessageKind> = new Set(['key', 'extended_key', 'pointer', 'set_desktop_size', 'gii']);
/** Not supported: power control of virtual machines, and sound over RFB. */
const NEVER: ReadonlySet<MessageKind> = new Set(['power', 'audio']);

/** The message for the desktop: the same, a replacement, or null. */
export function enforce(rights: TicketRights, message: ViewerMessage): Buffer | null {
  const { kind, bytes } = message;
  if (NEVER.has(kind)) return null;
  // The X server would exceed its memory limit, and all programs would end with it.
  if (kind === 'set_desktop_size' && isTooLarge(bytes.readUInt16BE(2), bytes.readUInt16BE(4))) return null;
  if (CONTROLS.has(kind)) return rights.screen === 'control' ? bytes : null;
  if (kind === 'cut_text') return clipboard(rights, bytes);
  // Without text, so that programs in the desktop that wait for it get a reply at once.
  if (kind === 'oversized_cut_text') return rights.clipboardIn && isExtended(bytes) ? NOTIFY_EMPTY : null;
  if (kind === 'set_encodings' && !rights.clipboardOut) return withExtendedClipboard(bytes);
  return bytes;
}

/** Sent in one write with ClientInit, so that the filter applies before the viewer's first message. */
export function opening(rights: TicketRights): Buffer {
  if (rights.clipboardOut) return Buffer.alloc(0);
  return Buffer.concat([withExtendedClipboard(Buffer.from([2, 0, 0, 0])), QUIET_CAPABILITIES]);
}

function isTooLarge(width: number, height: number): boolean {
  return Math.max(width, height) > MAX_SIDE || width * height > MAX_PIXELS;
}

function clipboard(rights: TicketRights, bytes: Buffer): Buffer | null {
  if (!isExtended(bytes)) return rights.clipboardIn ? bytes : null;
  const flags = bytes.readUInt32BE(8);
  if (flags & ACTION.caps) return rights.clipboardOut ? bytes : QUIET_CAPABILITIES;
  if (flags & (ACTION.provide | ACTION.notify)) return rights.clipboardIn ? bytes : null;
  return rights.clipboardOut ? bytes : null;
}

function withExtendedClipboard(message: Buffer): Buffer {
  const encodings = encodingsOf(message);
  if (encodings.includes(ENCODING.extendedClipboard)) return message;
  const longer = Buffer.alloc(message.length + 4);
  message.copy(longer);
  longer.writeUInt16BE(encodings.length + 1, 2);
  longer.writeInt32BE(ENCODING.extendedClipboard, message.length);
  return longer;
}

/** Whether the viewer requests text that it may not have. */
export function isWithheld(rights: TicketRights, { kind, bytes }: ViewerMessage): boolean {
  if (kind !== 'cut_text' || rights.clipboardOut || !isExtended(bytes)) return false;
  return (bytes.readUInt32BE(8) & ACTION.request) !== 0;
}

/** A text that passes: its bytes if it goes to the desktop, otherwise the viewer's request for one. Null for other messages. */
export function textTransfer(rights: TicketRights, { kind, bytes }: ViewerMessage): TextTransfer | null {
  if (kind !== 'cut_text') return null;
  const flags = isExtended(bytes) ? bytes.readUInt32BE(8) : ACTION.provide;
  if (flags & ACTION.caps) return null;
  if (flags & ACTION.provide) return rights.clipboardIn ? { direction: 'in', bytes: cutTextBytes(bytes) } : null;
  return flags & ACTION.request && rights.clipboardOut ? { direction: 'out', bytes: null } : null;
}

/** The viewer's clipboard contains no text. */
const NOTIFY_EMPTY = extendedMessage(ACTION.notify, []);

/** Capabilities of a client that accepts notifications of new text, but no unrequested text (size 0). */
const QUIET_CAPABILITIES = extendedMessage(
  ACTION.caps | ACTION.request | ACTION.peek | ACTION.notify | ACTION.provide | TEXT,
  [0],
);

function extendedMessage(flags: number, words: readonly number[]): Buffer {
  const message = Buffer.alloc(12 + 4 * words.length);
  message.writeUInt8(6, 0);
  message.writeInt32BE(8 - message.length, 4);
  message.writeUInt32BE(flags >>> 0, 8);
  words.forEach((word, index) => message.writeUInt32BE(word, 12 + 4 * index));
  return message;
}
