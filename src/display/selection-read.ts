/**
 * Reads the X clipboard from the program that owns it (ICCCM, section 2.4), in pieces (INCR) if the owner wants it. The owner
 * can be any program of the user: it may claim any length, send without end, or not at all.
 */
import type { PropertyReply } from 'x11';
import { DeskpodError } from '#domain/errors.ts';
import type { Atoms } from './atoms.ts';
import { Bell } from './bell.ts';
import type { SelectionConnection } from './connection.ts';

/** Programs can render a picture first. */
const ANSWER_MS = 10_000;
/** For each piece. */
const PIECE_MS = 10_000;
const TRANSFER_MS = 60_000;
/** Less than the largest reply that `XFrameGuard` lets through. */
const REPLY_BYTES = 1024 * 1024;
const NEW_VALUE = 0;

export interface Converted {
  readonly type: number;
  /** Bits of each item: 8, 16 or 32. */
  readonly format: number;
  readonly data: Buffer;
}

interface Wanted {
  /** The atom of the form. */
  readonly target: number;
  readonly maxBytes: number;
  /** Aborts when the connection closes. */
  readonly closed: AbortSignal;
}

/**
 * Null if the owner refuses, or there is none. Fails with `payload_too_large`, and with `timeout` if the owner stops
 * answering.
 */
export async function readSelection(
  x: SelectionConnection,
  atoms: Atoms,
  { target, maxBytes, closed }: Wanted,
): Promise<Converted | null> {
  // A window for each transfer: whatever arrives after its end, or of an earlier one, doesn't count.
  const window = await x.createWindow();
  const property = atoms.number('DESKPOD_CLIPBOARD');
  const bell = new Bell();
  const answer: { property: number | null } = { property: null };
  const stop = x.onEvent((event) => {
    if (event.name === 'SelectionNotify' && event.requestor === window && event.target === target) {
      answer.property = event.property ?? 0;
      bell.ring();
    } else if (answer.property !== null && event.name === 'PropertyNotify' && event.wid === window) {
      if (event.atom === property && event.state === NEW_VALUE) bell.ring();
    }
  });
  const wake = (): void => bell.ring();
  closed.addEventListener('abort', wake);
  const ring = async (ms: number): Promise<void> => {
    const rung = await bell.wait(ms);
    closed.throwIfAborted();
    if (!rung) throw new DeskpodError('timeout', 'The app that copied this doesn’t send it.');
  };
  try {
    x.convertSelection(window, atoms.number('CLIPBOARD'), target, property);
    await ring(ANSWER_MS);
    if (answer.property === 0) return null;
    bell.clear();
    const first = await takeProperty(x, window, property, maxBytes);
    if (first === null || first.type !== atoms.number('INCR')) return first;
    if (first.data.length >= 4 && first.data.readUInt32LE() > maxBytes) throw tooLarge(maxBytes);
    return await readPieces(async (left) => {
      await ring(PIECE_MS);
      return takeProperty(x, window, property, left);
    }, maxBytes);
  } finally {
    stop();
    closed.removeEventListener('abort', wake);
    if (!closed.aborted) await x.destroyWindow(window);
  }
}

/** An empty piece is the end. */
async function readPieces(
  next: (left: number) => Promise<Converted | null>,
  maxBytes: number,
): Promise<Converted | null> {
  const until = performance.now() + TRANSFER_MS;
  const pieces: Buffer[] = [];
  let total = 0;
  let last: Converted | null = null;
  while (performance.now() < until) {
    const piece = await next(maxBytes - total);
    if (piece === null || piece.data.length === 0) return last && { ...last, data: Buffer.concat(pieces) };
    // A copy, so that the memory of the whole reply isn't kept for a small piece.
    pieces.push(Buffer.from(piece.data));
    total += piece.data.length;
    last = piece;
  }
  throw new DeskpodError('timeout', 'The app that copied this sends it too slowly.');
}

/** Reads and deletes the property, which tells the owner to send the next piece. Null if there is none. */
async function takeProperty(
  x: SelectionConnection,
  window: number,
  property: number,
  maxBytes: number,
): Promise<Converted | null> {
  const parts: Buffer[] = [];
  let read = 0;
  let reply: PropertyReply | null;
  do {
    reply = await x.property(window, property, REPLY_BYTES, read);
    if (reply === null) return null;
    read += reply.data.length;
    if (read + reply.bytesAfter > maxBytes) throw tooLarge(maxBytes);
    parts.push(reply.data);
  } while (reply.bytesAfter > 0 && reply.data.length > 0);
  await x.deleteProperty(window, property);
  return { type: reply.type, format: reply.format, data: Buffer.concat(parts) };
}

function tooLarge(maxBytes: number): DeskpodError {
  return new DeskpodError('payload_too_large', `What was copied in the desktop has more than ${maxBytes} bytes.`);
}
