/** Records the output of a terminal as asciicast version 2. Input is never recorded. */
import { StringDecoder } from 'node:string_decoder';
import type { TerminalSize } from '#protocol/terminal.ts';
import { TRANSCRIPT_BYTES } from '../ports/debug-store.ts';
import { FIRST_SIZE, type TerminalListener } from './shared-terminal.ts';

const FLUSH_MS = 1_000;
const FLUSH_BYTES = 64 * 1024;

export interface TranscriptOptions {
  /** Time zero of the recording. */
  readonly startedAt: Date;
  readonly title: string;
  /** Whether it has its header already, from another server or from an earlier process of this one. */
  readonly started: boolean;
  /** Resolves to false when the recording is full. */
  readonly write: (text: string) => Promise<boolean>;
  readonly failed: (error: unknown) => void;
}

export class Transcript implements TerminalListener {
  readonly #options: TranscriptOptions;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';
  #left = TRANSCRIPT_BYTES;
  #started: boolean;
  #full = false;
  #timer: NodeJS.Timeout | null = null;
  #writing = Promise.resolve();

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.#started = options.started;
  }

  output(piece: Buffer): void {
    const text = this.#decoder.write(piece);
    if (text !== '') this.#add('o', text);
  }

  resize({ columns, rows }: TerminalSize): void {
    if (this.#started) this.#add('r', `${columns}x${rows}`);
  }

  /** Resolves when all of it is stored. */
  async end(): Promise<void> {
    this.#flush();
    await this.#writing;
  }

  #add(code: 'o' | 'r', data: string): void {
    if (this.#full) return;
    const { startedAt, title } = this.#options;
    if (!this.#started) {
      this.#started = true;
      const { columns: width, rows: height } = FIRST_SIZE;
      const timestamp = Math.floor(startedAt.getTime() / 1000);
      this.#pending = `${JSON.stringify({ version: 2, width, height, timestamp, title })}\n`;
    }
    const seconds = Math.max(0, Date.now() - startedAt.getTime()) / 1000;
    this.#pending += `${JSON.stringify([seconds, code, data])}\n`;
    if (this.#pending.length >= FLUSH_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const text = this.#pending;
    this.#pending = '';
    if (text === '' || this.#full) return;
    this.#left -= Buffer.byteLength(text);
    // Output that arrives faster than it can be stored must not accumulate.
    if (this.#left < 0) this.#full = true;
    this.#writing = this.#writing
      .then(async () => {
        if (!(await this.#options.write(text))) this.#full = true;
      })
      .catch(this.#options.failed);
  }
}
