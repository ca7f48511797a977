/**
 * The WebSocket of one viewer, or several in turn: a resumable viewer that lost its WebSocket is *away* until it comes with
 * another one, and nothing is lost or sent twice. For the rest of the gateway it's one connection with back-pressure.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import { bytesOf } from '#gateway/message-bytes.ts';
import { parseJson } from '#protocol/json.ts';
import { Inbox, Outbox } from '#protocol/outbox.ts';
import { RESUME_MS, ResumeMessage } from '#protocol/resume.ts';
import { CloseCode } from '#protocol/screen.ts';

/** What may be unconfirmed: on a link with 100 ms, enough for 160 Mbit/s. */
const MAX_KEPT_BYTES = 2 * 1024 * 1024;
const CONFIRM_BYTES = 16 * 1024;
const CONFIRM_MS = 500;
const MAX_CONTROL_BYTES = 128;
/** The code of a WebSocket whose connection was lost, without a closing handshake. */
const LOST = 1006;

interface Message {
  readonly data: Buffer;
  readonly isBinary: boolean;
  readonly length: number;
}

interface Events {
  message: [data: Buffer, isBinary: boolean];
  /** Perhaps there is room to send. */
  room: [];
  /** It has no WebSocket for now. */
  away: [];
  /** Once, at the end. */
  close: [code: number, reason: string];
}

export class ViewerSocket extends EventEmitter<Events> {
  /** Secret; null for a viewer that isn't resumable. */
  readonly id: string | null;
  #ws: WebSocket | null = null;
  readonly #outbox = new Outbox<Message>();
  readonly #inbox = new Inbox(CONFIRM_BYTES);
  #isPaused = false;
  #isAlive = true;
  /** It was closed here. */
  #isLeft = false;
  #isClosed = false;
  /** Why the WebSocket was given up. */
  #fault = '';
  #confirming: NodeJS.Timeout | null = null;
  #waiting: NodeJS.Timeout | null = null;

  /** Owns the WebSocket. */
  constructor(ws: WebSocket, isResumable: boolean) {
    super();
    this.id = isResumable ? randomBytes(16).toString('base64url') : null;
    if (this.id !== null) tell(ws, { kind: 'resumable', id: this.id });
    this.#attach(ws);
  }

  /** Bytes that wait for the network; without end while the viewer is away or confirms nothing. */
  get bufferedAmount(): number {
    if (this.#ws === null || this.#outbox.size > MAX_KEPT_BYTES) return Infinity;
    return this.#ws.bufferedAmount;
  }

  get isAway(): boolean {
    return this.#ws === null;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    this.#isPaused = true;
    this.#ws?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#ws?.resume();
  }

  send(data: Buffer | string): void {
    if (this.#isClosed) return;
    const isBinary = typeof data !== 'string';
    const bytes = isBinary ? data : Buffer.from(data);
    const message = { data: bytes, isBinary, length: bytes.length };
    if (this.id !== null) this.#outbox.add(message);
    this.#write(message);
  }

  /** Continues over another WebSocket, which is owned only then; false if the viewer can't have received so many messages. */
  continueOver(ws: WebSocket, received: number): boolean {
    if (this.#isClosed || this.#isLeft || !this.#outbox.confirm(received)) return false;
    this.#detach()?.terminate();
    tell(ws, { kind: 'resumed', received: this.#inbox.received });
    this.#attach(ws);
    for (const message of this.#outbox.kept) this.#write(message);
    this.emit('room');
    return true;
  }

  close(code: number, reason: string): void {
    this.#isLeft = true;
    if (this.#ws === null) this.#end(code, reason);
    else this.#ws.close(code, reason);
  }

  /** Called regularly: gives up a WebSocket on which nothing has come since the last call. */
  beat(): void {
    if (!this.#isAlive && !this.#isPaused) {
      this.#fault = 'the viewer stopped answering';
      return this.#ws?.terminate();
    }
    this.#isAlive = false;
    return this.#ws?.ping();
  }

  #write({ data, isBinary }: Message): void {
    this.#ws?.send(data, { binary: isBinary }, () => this.emit('room'));
  }

  #attach(ws: WebSocket): void {
    this.#ws = ws;
    this.#isAlive = true;
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    ws.on('pong', () => (this.#isAlive = true));
    ws.on('message', (data, isBinary) => {
      this.#isAlive = true;
      this.#receive(bytesOf(data), isBinary);
    });
    ws.once('close', (code, reason) => this.#lost(ws, code, reason.toString()));
    if (this.#isPaused) ws.pause();
  }

  /** Its events don't matter any more. */
  #detach(): WebSocket | null {
    const ws = this.#ws;
    this.#ws = null;
    ws?.removeAllListeners('message').removeAllListeners('close').removeAllListeners('pong');
    return ws;
  }

  #lost(ws: WebSocket, code: number, reason: string): void {
    if (ws !== this.#ws) return;
    this.#detach();
    const mayContinue = code === LOST || code === CloseCode.continuing;
    if (this.id === null || !mayContinue || this.#isLeft) return this.#end(code, reason || this.#fault);
    this.#waiting = setTimeout(() => this.#end(LOST, 'the network was lost'), RESUME_MS).unref();
    this.emit('away');
  }

  #end(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of [this.#waiting, this.#confirming]) if (timer !== null) clearTimeout(timer);
    this.emit('close', code, reason);
  }

  #receive(data: Buffer, isBinary: boolean): void {
    if (this.id !== null) {
      if (!isBinary && this.#isControl(data)) return;
      if (this.#inbox.take(data.length)) this.#confirm();
      else this.#confirming ??= setTimeout(() => this.#confirm(), CONFIRM_MS).unref();
    }
    this.emit('message', data, isBinary);
  }

  #isControl(data: Buffer): boolean {
    if (data.length > MAX_CONTROL_BYTES) return false;
    const control = ResumeMessage.safeParse(parseJson(data.toString('utf8')));
    if (!control.success) return false;
    if (control.data.kind !== 'confirmed' || !this.#outbox.confirm(control.data.received))
      this.close(CloseCode.protocol, 'The viewer confirmed messages that it was not sent.');
    else this.emit('room');
    return true;
  }

  #confirm(): void {
    if (this.#confirming !== null) clearTimeout(this.#confirming);
    this.#confirming = null;
    const received = this.#ws === null ? null : this.#inbox.confirmation();
    if (this.#ws !== null && received !== null) tell(this.#ws, { kind: 'confirmed', received });
  }
}

function tell(ws: WebSocket, message: ResumeMessage): void {
  ws.send(JSON.stringify(message), { binary: false });
}
