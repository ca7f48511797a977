/** One viewer of one desktop: its WebSocket, or those that follow each other, and the RFB stream behind it. */
import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { WebSocket } from 'ws';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { CloseCode, type ScreenNotice, type ScreenWish } from '#protocol/screen.ts';
import type { ScreenLayout } from '#protocol/screens.ts';
import { flowToSocket, writeFromSocket } from './flow.ts';
import { ViewerPicture, wishOf } from './picture/viewer-picture.ts';
import type { ViewerSocket } from './resume/viewer-socket.ts';
import { RfbError } from './rfb/error.ts';
import { cutTextBytes, type ViewerMessage, ViewerMessages } from './rfb/messages.ts';
import { PressedKeys } from './rfb/pressed-keys.ts';
import { enforce, isWithheld, type TextTransfer, textTransfer } from './rfb/rights.ts';
import { faultOf, setDesktopSize } from './view/layout.ts';

const VERSION = Buffer.from('RFB 003.008\n', 'latin1');
/** One security type, None, and its success, sent at once: the viewer's choice is known, so it is only checked when it arrives. */
const ADMITTED = Buffer.from([1, 1, 0, 0, 0, 0]);
const NONE = 1;
/** More than a frame of a busy screen, less than what pauses the desktop (flow.ts). */
const BEHIND_BYTES = 32 * 1024;
/** How long the desktop may take to read the last bytes. */
const LAST_BYTES_MS = 2_000;

export interface ViewerEnd {
  readonly code: number;
  readonly reason: string;
  readonly bytes: number;
  readonly ms: number;
}

export class Viewer {
  readonly claims: TicketClaims;
  /** Resolves when both sides have closed. */
  readonly gone: Promise<unknown>;
  readonly #socket: ViewerSocket;
  readonly #desktop: Duplex;
  readonly #takesNotes: boolean;
  #onText: (transfer: TextTransfer) => void = () => {};
  #onLost: (error: Error) => void = () => {};
  readonly #messages = new ViewerMessages();
  readonly #picture: ViewerPicture;
  readonly #since = performance.now();
  #bytes = 0;
  /** Key messages, including those that the ticket doesn't allow. */
  #keys = 0;
  /** What goes on to the desktop of the chunk that is being read; null between chunks. */
  #passing: Buffer[] | null = null;
  /** The server closed it: its messages are ignored from now on. */
  #left = false;
  /** Why the server closed it. */
  #reason: string | null = null;
  readonly #pressed = new PressedKeys();

  /** Owns both. `serverInit` is sent with the reply to the viewer's version, so that it can send its first request. */
  constructor(socket: ViewerSocket, desktop: Duplex, serverInit: Buffer, claims: TicketClaims, takesNotes: boolean) {
    this.claims = claims;
    this.#takesNotes = takesNotes;
    this.#socket = socket;
    this.#desktop = desktop;
    this.#picture = new ViewerPicture(serverInit, {
      tell: (bytes) => this.#tellDesktop(bytes),
      // After the pixels, which are sent when this returns.
      onFilled: (area) => queueMicrotask(() => this.note({ kind: 'filled', area })),
      onLost: (error) => this.#onLost(error),
      onScreens: (screens) => this.note({ kind: 'screens', screens: [...screens] }),
      onLayoutRefused: (code) =>
        this.note({ kind: 'layout_refused', reason: `The X server refused it with the code ${code}.` }),
      onScreenMissing: (screen) => this.close(CloseCode.screenMissing, `the desktop has no screen ${screen}`),
    });
    this.gone = Promise.all([closing(socket), closing(desktop)]);
    let failure: string | null = null;
    desktop.on('error', (error) => {
      failure = error.message;
    });
    desktop.once('close', () => this.close(CloseCode.screenLost, failure ?? "the desktop's screen disconnected"));
    desktop.once('end', () => desktop.destroy());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    // Else the desktop would repeat them until the viewer is back.
    socket.on('away', () => this.#tellDesktop(this.#pressed.release()));
    socket.once('close', () => {
      this.#picture.end();
      this.#leaveDesktop();
    });
    socket.send(VERSION);
    if (desktop.destroyed) this.close(CloseCode.screenLost, "the desktop's screen disconnected");
  }

  /** The connection takes less than the screen has to send. */
  get isBehind(): boolean {
    return !this.#socket.isAway && this.#socket.bufferedAmount > BEHIND_BYTES;
  }

  /** Called once. */
  onEnd(listener: (end: ViewerEnd) => void): void {
    this.#socket.once('close', (code, reason) => {
      const ms = performance.now() - this.#since;
      listener({ code, reason: this.#reason ?? reason, bytes: this.#bytes, ms });
    });
  }

  /** Called for each text that passes in either direction. */
  onText(listener: (transfer: TextTransfer) => void): void {
    this.#onText = listener;
  }

  /** Called if the desktop's stream isn't understood; it passes on unchanged. */
  onPictureLost(listener: (error: Error) => void): void {
    this.#onLost = listener;
  }

  /** The first reason counts. Doesn't change the desktop. */
  close(code: CloseCode, reason: string): void {
    this.#reason ??= reason;
    if (this.#left) return;
    this.#left = true;
    this.note({ kind: 'keys', received: this.#keys });
    this.#leaveDesktop();
    // A paused socket would never read the reply to the close.
    this.#socket.resume();
    this.#socket.close(code, reason.slice(0, 120));
  }

  /** Called regularly: closes a viewer that hasn't answered since the last call. */
  beat(): void {
    this.#socket.beat();
  }

  /** The secret number of a resumable viewer. */
  get id(): string | null {
    return this.#socket.id;
  }

  /** Continues over another WebSocket, which is owned only then; false if it isn't this viewer's, or it's too late. */
  continueOver(ws: WebSocket, claims: TicketClaims, received: number): boolean {
    return !this.#left && isSameViewer(claims, this.claims) && this.#socket.continueOver(ws, received);
  }

  note(note: ScreenNotice): void {
    if (this.#takesNotes) this.#socket.send(JSON.stringify(note));
  }

  /** Messages already read from the viewer still reach the desktop. */
  #leaveDesktop(): void {
    const desktop = this.#desktop;
    if (desktop.destroyed || desktop.writableEnded) return;
    desktop.removeAllListeners('data').resume().end();
    const timer = setTimeout(() => desktop.destroy(), LAST_BYTES_MS).unref();
    desktop.once('close', () => clearTimeout(timer));
  }

  #greet(version: Buffer): void {
    if (!version.equals(VERSION)) throw new RfbError("The viewer doesn't support RFB 3.8.");
    this.#socket.send(Buffer.concat([ADMITTED, this.#picture.serverInit]));
    flowToSocket(this.#desktop, this.#socket, (chunk) => {
      this.#bytes += chunk.length;
      return this.#picture.toViewer(chunk);
    });
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    if (this.#left) return;
    try {
      if (!isBinary) return this.#want(wishOf(bytes));
      const passing: Buffer[] = (this.#passing = []);
      for (const message of this.#messages.push(bytes)) this.#pass(message, passing);
      if (passing.length > 0) writeFromSocket(this.#socket, this.#desktop, join(passing));
    } catch (error) {
      if (error instanceof RfbError) this.close(error.closeCode, error.message);
      else this.close(CloseCode.internal, 'the server failed');
    } finally {
      this.#passing = null;
    }
  }

  #want(wish: ScreenWish): void {
    if (wish.kind === 'layout') this.#arrange(wish.screens);
    else this.#picture.want(wish);
  }

  /** Rights are those of RFB's SetDesktopSize. */
  #arrange(screens: ScreenLayout): void {
    const fault = faultOf(screens);
    if (this.claims.rights.screen !== 'control')
      this.note({ kind: 'layout_refused', reason: 'This connection may only watch.' });
    else if (fault !== null) this.note({ kind: 'layout_refused', reason: fault });
    else this.#tellDesktop(setDesktopSize(screens));
  }

  #pass(message: ViewerMessage, passing: Buffer[]): void {
    if (message.kind === 'version') return this.#greet(message.bytes);
    if (message.kind === 'choice') return checkChoice(message.bytes);
    const allowed = this.#enforce(message);
    const passed = allowed === null ? null : this.#picture.fromViewer(message.kind, allowed);
    if (passed !== null) passing.push(passed);
  }

  /** In the order of the viewer's own messages. */
  #tellDesktop(bytes: Buffer): void {
    if (this.#passing !== null) return void this.#passing.push(bytes);
    if (!this.#left && !this.#desktop.destroyed && !this.#desktop.writableEnded) this.#desktop.write(bytes);
  }

  #enforce(message: ViewerMessage): Buffer | null {
    const { kind, bytes } = message;
    const { rights } = this.claims;
    if (kind === 'key' || kind === 'extended_key') this.#keys += 1;
    if (kind === 'oversized_cut_text') this.note({ kind: 'clipboard_too_large', bytes: cutTextBytes(bytes) });
    if (isWithheld(rights, message)) this.note({ kind: 'clipboard_withheld' });
    const text = textTransfer(rights, message);
    if (text) this.#onText(text);
    const allowed = enforce(rights, message);
    if (allowed !== null) this.#pressed.note(message);
    return allowed;
  }
}

/** With the rights that it had. */
function isSameViewer(one: TicketClaims, other: TicketClaims): boolean {
  const facts = ({ userId, sessionId, desktopId, uid, rights }: TicketClaims): readonly unknown[] => [
    userId,
    sessionId,
    desktopId,
    uid,
    rights,
  ];
  return isDeepStrictEqual(facts(one), facts(other));
}

function closing(side: ViewerSocket | Duplex): Promise<void> {
  return new Promise((resolve) => side.once('close', () => resolve()));
}

function checkChoice(choice: Buffer): void {
  if (choice[0] !== NONE) throw new RfbError("The viewer chose a security type that wasn't offered.");
}

function join(buffers: readonly Buffer[]): Buffer {
  return buffers.length === 1 && buffers[0] ? buffers[0] : Buffer.concat(buffers);
}
