/** One browser that listens to a desktop, and speaks: a WebSocket, with the frames and messages in both directions. */
import type { WebSocket } from 'ws';
import type { TicketClaims } from '#domain/ports/auth.ts';
import { parseJson } from '#protocol/json.ts';
import { CloseCode } from '#protocol/screen.ts';
import { FRAME_HEADER_BYTES, FrameFlag, MAX_UNHEARD_FRAMES } from '#protocol/sound-frames.ts';
import { ListenerMessage, MAX_LISTENER_MESSAGE_BYTES, type SoundCodec, type SoundNotice } from '#protocol/sound.ts';
import { bytesOf } from '../message-bytes.ts';
import type { DesktopSound } from './desktop-sound.ts';
import type { Hearer } from './hearer.ts';
import type { Talker, Voice } from './talker.ts';

/** A listener that doesn't read gets no more notices than fit in here; it is closed instead. */
const MAX_WAITING_BYTES = 1024 * 1024;

export class Listener implements Hearer, Talker {
  readonly claims: TicketClaims;
  codec: SoundCodec = 'none';
  /** Resolves when it has closed. */
  readonly gone: Promise<void>;
  readonly #ws: WebSocket;
  readonly #sound: DesktopSound;
  /** Numbers of the next frame, and of the first that it hasn't reported as heard. */
  #next = 0;
  #unheard = 0;
  #fresh = true;
  #alive = true;
  /** It has said that it speaks, at some time. */
  #hasSpoken = false;

  /** Listens from now on, until the WebSocket closes. */
  constructor(ws: WebSocket, sound: DesktopSound, claims: TicketClaims) {
    this.#ws = ws;
    this.#sound = sound;
    this.claims = claims;
    this.gone = new Promise((resolve) => ws.once('close', () => resolve()));
    ws.once('close', () => sound.remove(this));
    ws.on('pong', () => {
      this.#alive = true;
    });
    ws.on('message', (data, isBinary) => {
      this.#alive = true;
      if (isBinary) this.#speak(bytesOf(data));
      else this.#receive(bytesOf(data));
    });
    if (ws.readyState !== ws.OPEN) return;
    this.note({ kind: 'rights', output: this.#output, microphone: this.#microphone });
    sound.add(this);
  }

  get userId(): string {
    return this.claims.userId;
  }

  get #output(): boolean {
    return this.claims.rights.sound === true;
  }

  get #microphone(): boolean {
    return this.claims.rights.microphone === true;
  }

  hear(frame: Buffer, starts: boolean): void {
    const ahead = (this.#next - this.#unheard) & 0xff_ff;
    if (ahead >= MAX_UNHEARD_FRAMES) {
      this.#fresh = true;
      return;
    }
    const flags = (starts || this.#fresh ? FrameFlag.start : 0) | (this.codec === 'pcm' ? FrameFlag.pcm : 0);
    this.#fresh = false;
    const message = Buffer.allocUnsafe(FRAME_HEADER_BYTES + frame.length);
    message.writeUInt16BE(this.#next, 0);
    message.writeUInt16BE(flags, 2);
    frame.copy(message, FRAME_HEADER_BYTES);
    this.#next = (this.#next + 1) & 0xff_ff;
    this.#ws.send(message, { binary: true });
  }

  note(notice: SoundNotice): void {
    if (this.#ws.bufferedAmount > MAX_WAITING_BYTES) return this.#ws.terminate();
    this.#ws.send(JSON.stringify(notice), { binary: false });
  }

  close(code: CloseCode, reason: string): void {
    this.#sound.remove(this);
    this.#ws.close(code, reason.slice(0, 120));
  }

  /** Called regularly: closes a listener that hasn't answered since the last call. */
  beat(): void {
    if (!this.#alive) return this.#ws.terminate();
    this.#alive = false;
    this.#ws.ping();
  }

  #receive(bytes: Buffer): void {
    const small = bytes.length <= MAX_LISTENER_MESSAGE_BYTES;
    const message = ListenerMessage.safeParse(small ? parseJson(bytes.toString('utf8')) : null);
    if (!message.success) return this.close(CloseCode.protocol, 'this message is not part of the protocol');
    this.#take(message.data);
  }

  #take(message: ListenerMessage): void {
    switch (message.kind) {
      case 'listen':
        this.codec = this.#output ? message.codec : 'none';
        this.#fresh = true;
        return this.#sound.wantsChanged();
      case 'heard':
        return this.#heard(message.sequence);
      case 'volume':
        return this.#sound.setVolume(message.index, message.volume);
      case 'mute':
        return this.#sound.setMuted(message.index, message.muted);
      case 'speak':
        return this.#begin(message.codec);
      default:
        return message satisfies never;
    }
  }

  #begin(voice: Voice): void {
    this.#hasSpoken ||= voice !== 'none';
    if (this.#microphone) this.#sound.speak(this, voice);
    else if (voice !== 'none') this.close(CloseCode.protocol, "this ticket doesn't include the microphone");
  }

  #speak(message: Buffer): void {
    if (!this.#hasSpoken || !this.#sound.spoken(this, message))
      this.close(CloseCode.protocol, 'this is not 20 ms of a microphone');
  }

  /** A number that wasn't sent, or was reported before, changes nothing. */
  #heard(sequence: number): void {
    const heard = (sequence + 1 - this.#unheard) & 0xff_ff;
    if (heard <= ((this.#next - this.#unheard) & 0xff_ff)) this.#unheard = (sequence + 1) & 0xff_ff;
  }
}
