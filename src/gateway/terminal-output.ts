/** Sends the output of a command to a WebSocket; waits while the client hasn't acknowledged what it got. */
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { WebSocket } from 'ws';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { OUTPUT } from '#protocol/terminal.ts';
import { SendWindow } from '#protocol/terminal-flow.ts';

/** Enough for a full-screen update; more would only add delay. */
const PAUSE_ABOVE_BYTES = 512 * 1024;
const RESUME_BELOW_BYTES = 128 * 1024;

export class TerminalOutput {
  /** Resolves at the end of the output, once everything is sent: with the first failure, or null. */
  readonly ended: Promise<Error | null>;
  readonly #ws: WebSocket;
  readonly #window = new SendWindow(false);
  readonly #sources: readonly Readable[];
  #held = false;

  /** `tagged`: each message starts with a byte that names its stream. */
  constructor(ws: WebSocket, { stream, stderr }: Pick<ExecSession, 'stream' | 'stderr'>, tagged: boolean) {
    this.#ws = ws;
    this.#sources = stderr === null ? [stream] : [stream, stderr];
    this.#carry(stream, tagged ? Buffer.from([OUTPUT.stdout]) : null);
    if (stderr) this.#carry(stderr, tagged ? Buffer.from([OUTPUT.stderr]) : null);
    this.ended = this.#end();
  }

  /** Whether the client may be too busy with unacknowledged output to answer pings. */
  get behind(): boolean {
    return this.#window.outstanding > 0;
  }

  taken(bytes: number): void {
    this.#window.taken(bytes);
    this.#goOn();
  }

  #carry(source: Readable, tag: Buffer | null): void {
    source.on('data', (chunk: Buffer) => {
      this.#window.sent(chunk.length);
      const data = tag === null ? chunk : Buffer.concat([tag, chunk]);
      this.#ws.send(data, { binary: true }, () => this.#goOn());
      if (this.#window.full || this.#ws.bufferedAmount > PAUSE_ABOVE_BYTES) this.#hold();
    });
    if (!this.#held) source.resume();
  }

  #hold(): void {
    this.#held = true;
    for (const source of this.#sources) source.pause();
  }

  #goOn(): void {
    if (!this.#held || this.#window.full || this.#ws.bufferedAmount > RESUME_BELOW_BYTES) return;
    this.#held = false;
    for (const source of this.#sources) source.resume();
  }

  async #end(): Promise<Error | null> {
    const ends = await Promise.allSettled(this.#sources.map((source) => finished(source, { writable: false })));
    const failed = ends.find((end): end is PromiseRejectedResult => end.status === 'rejected' && !isLeft(end.reason));
    return failed === undefined
      ? null
      : failed.reason instanceof Error
        ? failed.reason
        : new Error(String(failed.reason));
  }
}

/** The stream was closed before its end, because the client left. */
function isLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
