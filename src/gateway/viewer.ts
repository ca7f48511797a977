/** One viewer of one desktop: a WebSocket and the RFB stream behind it, from the first byte to the last. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { TicketClaims } from '#domain/auth.ts';
import { CloseCode } from '#protocol/screen.ts';
import { bytesOf, flowToSocket, writeFromSocket } from './flow.ts';
import { RfbError } from './rfb/error.ts';
import { ViewerMessages } from './rfb/messages.ts';
import { enforce } from './rfb/rights.ts';

const VERSION = Buffer.from('RFB 003.008\n', 'latin1');
/** One security type, None, and its success: what follows is known, so the viewer's choice is awaited, but not waited for. */
const ADMITTED = Buffer.from([1, 1, 0, 0, 0, 0]);
const NONE = 1;

export interface ViewerEnd {
  readonly code: number;
  readonly reason: string;
  readonly bytes: number;
  readonly ms: number;
}

export class Viewer {
  readonly claims: TicketClaims;
  readonly #ws: WebSocket;
  readonly #desktop: Duplex;
  readonly #serverInit: Buffer;
  readonly #messages = new ViewerMessages();
  readonly #since = performance.now();
  #bytes = 0;
  /** Why we closed it. */
  #reason: string | null = null;
  #alive = true;

  /** Owns both. `serverInit` goes out with the answer to the viewer's version: all it needs for its first request. */
  constructor(ws: WebSocket, desktop: Duplex, serverInit: Buffer, claims: TicketClaims) {
    this.claims = claims;
    this.#ws = ws;
    this.#desktop = desktop;
    this.#serverInit = serverInit;
    let why: string | null = null;
    desktop.on('error', (error) => {
      why = error.message;
    });
    desktop.once('close', () => this.close(CloseCode.screenLost, why ?? 'the screen of the desktop went away'));
    desktop.once('end', () => desktop.destroy());
    ws.on('pong', () => {
      this.#alive = true;
    });
    ws.on('message', (data, isBinary) => this.#receive(bytesOf(data), isBinary));
    ws.once('close', () => desktop.destroy());
    ws.send(VERSION);
    if (desktop.destroyed) this.close(CloseCode.screenLost, 'the screen of the desktop went away');
  }

  /** Told once. */
  onEnd(listener: (end: ViewerEnd) => void): void {
    this.#ws.once('close', (code, reason) => {
      const ms = performance.now() - this.#since;
      listener({ code, reason: this.#reason ?? reason.toString(), bytes: this.#bytes, ms });
    });
  }

  /** The first reason stays. Nothing of the desktop changes. */
  close(code: CloseCode, reason: string): void {
    this.#reason ??= reason;
    this.#desktop.destroy();
    // A paused socket would never read the answer to the close.
    this.#ws.resume();
    this.#ws.close(code, reason.slice(0, 120));
  }

  /** Called at a steady pace: ends a viewer that has answered nothing since the last time. */
  beat(): void {
    if (!this.#alive && !this.#ws.isPaused) {
      this.#reason ??= 'the viewer stopped answering';
      this.#ws.terminate();
      return;
    }
    this.#alive = false;
    this.#ws.ping();
  }

  #greet(version: Buffer): [] {
    if (!version.equals(VERSION)) throw new RfbError('The viewer does not speak RFB 3.8.');
    this.#ws.send(Buffer.concat([ADMITTED, this.#serverInit]));
    flowToSocket(this.#desktop, this.#ws, (bytes) => {
      this.#bytes += bytes;
    });
    return [];
  }

  #receive(bytes: Buffer, isBinary: boolean): void {
    this.#alive = true;
    try {
      if (!isBinary) throw new RfbError('The viewer sent text where binary is spoken.');
      const passed = this.#messages.push(bytes).flatMap((message) => {
        if (message.kind === 'version') return this.#greet(message.bytes);
        if (message.kind === 'choice') return checkChoice(message.bytes);
        return enforce(this.claims.rights, message) ?? [];
      });
      if (passed.length > 0) writeFromSocket(this.#ws, this.#desktop, join(passed));
    } catch (error) {
      if (error instanceof RfbError) this.close(error.closeCode, error.message);
      else this.close(CloseCode.internal, 'the server failed');
    }
  }
}

function checkChoice(choice: Buffer): [] {
  if (choice[0] !== NONE) throw new RfbError('The viewer chose a security type that was not offered.');
  return [];
}

function join(buffers: readonly Buffer[]): Buffer {
  return buffers.length === 1 && buffers[0] ? buffers[0] : Buffer.concat(buffers);
}
