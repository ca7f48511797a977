/**
 * What a ticket's rights leave of a viewer's messages. Text leaving the desktop is held back here too, on the way in:
 * a viewer of the extended clipboard only gets text that it asks for, so every viewer is made one and the asking dropped.
 */
import type { TicketRights } from '#domain/auth.ts';
import { encodingsOf, type MessageKind, type ViewerMessage } from './messages.ts';

const EXTENDED_CLIPBOARD = -1063131698;
const ACTION = { caps: 1 << 24, request: 1 << 25, peek: 1 << 26, notify: 1 << 27, provide: 1 << 28 } as const;
const TEXT = 1;

/** What moves or changes something in the desktop. */
const CONTROLS: ReadonlySet<MessageKind> = new Set(['key', 'extended_key', 'pointer', 'set_desktop_size', 'gii']);
/** Nothing of ours: the power of virtual machines, and sound over RFB. */
const NEVER: ReadonlySet<MessageKind> = new Set(['power', 'audio']);

/** What goes on to the desktop: the message, another in its place, or null for nothing. */
export function enforce(rights: TicketRights, message: ViewerMessage): Buffer | null {
  const { kind, bytes } = message;
  if (NEVER.has(kind)) return null;
  if (CONTROLS.has(kind)) return rights.screen === 'control' ? bytes : null;
  if (kind === 'cut_text') return clipboard(rights, bytes);
  if (kind === 'set_encodings' && !rights.clipboardOut) return withExtendedClipboard(bytes);
  return bytes;
}

/** Sent in one write with ClientInit: makes the rule above hold before the viewer's first own message. */
export function opening(rights: TicketRights): Buffer {
  if (rights.clipboardOut) return Buffer.alloc(0);
  return Buffer.concat([withExtendedClipboard(Buffer.from([2, 0, 0, 0])), QUIET_CAPABILITIES]);
}

function clipboard(rights: TicketRights, bytes: Buffer): Buffer | null {
  const extended = bytes.readInt32BE(4) < 0;
  if (!extended) return rights.clipboardIn ? bytes : null;
  const flags = bytes.readUInt32BE(8);
  if (flags & ACTION.caps) return rights.clipboardOut ? bytes : QUIET_CAPABILITIES;
  if (flags & (ACTION.provide | ACTION.notify)) return rights.clipboardIn ? bytes : null;
  return rights.clipboardOut ? bytes : null;
}

function withExtendedClipboard(message: Buffer): Buffer {
  const encodings = encodingsOf(message);
  if (encodings.includes(EXTENDED_CLIPBOARD)) return message;
  const longer = Buffer.alloc(message.length + 4);
  message.copy(longer);
  longer.writeUInt16BE(encodings.length + 1, 2);
  longer.writeInt32BE(EXTENDED_CLIPBOARD, message.length);
  return longer;
}

/** Capabilities of a client that may be told of new text, but wants none of it unasked: the size it takes is 0. */
const QUIET_CAPABILITIES = ((): Buffer => {
  const flags = ACTION.caps | ACTION.request | ACTION.peek | ACTION.notify | ACTION.provide | TEXT;
  const message = Buffer.alloc(16);
  message.writeUInt8(6, 0);
  message.writeInt32BE(-8, 4);
  message.writeUInt32BE(flags >>> 0, 8);
  message.writeUInt32BE(0, 12);
  return message;
})();
