/**
 * The streams of a command, over the channels of its WebSocket. The first byte of each message is its channel: 0 stdin,
 * 1 stdout, 2 stderr, 3 status, 4 terminal size, 255 close of one channel (v5.channel.k8s.io).
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
import { Duplex, type Readable } from 'node:stream';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { parseJson } from '#protocol/json.ts';
import { Outputs } from '#containers-client/outputs.ts';
import { ExitMark } from './exit-mark.ts';

const INPUT = 0;
const ERRORS = 2;
const END = 3;
const CLOSE = 255;
/** The first protocol that can close stdin; API servers support it since 1.30. */
const WITH_CLOSE = 'v5.channel.k8s.io';
/** Writers wait when there are more unsent bytes. */
const HIGH_WATER = 1024 * 1024;
/** Enough of the output to recognise why a program could not start. */
const HEAD = 200;

const Status = z.looseObject({
  status: z.string().nullish(),
  message: z.string().nullish(),
  details: z
    .looseObject({
      causes: z.array(z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() })).nullish(),
    })
    .nullish(),
});

export interface End {
  /** Null when the cluster did not report it. */
  readonly exitCode: number | null;
  /** The caller closed the connection; the command may still run. */
  readonly left: boolean;
  /** Why it could not start, in the runtime's words. */
  readonly refusal: string | null;
}

export class ChannelStream extends Duplex {
  readonly #ended: (end: End) => void;
  readonly #outputs: Outputs;
  readonly #input: boolean;
  #socket: WebSocket | null = null;
  #waiting: [number, Buffer][] = [];
  #finished = false;
  readonly #accepted = Promise.withResolvers<void>();
  readonly #first = Promise.withResolvers<void>();
  readonly #marks: { readonly stdout: ExitMark; readonly stderr: ExitMark } | null;
  #head = '';

  constructor(
    ended: (end: End) => void,
    { input, separate, exitMark }: { input: boolean; separate: boolean; exitMark: string | null },
  ) {
    super({ allowHalfOpen: true });
    this.#input = input;
    this.#ended = ended;
    this.#marks = exitMark === null ? null : { stdout: new ExitMark(exitMark), stderr: new ExitMark(exitMark) };
    this.#outputs = new Outputs(this, separate, () => this.#socket);
  }

  get stderr(): Readable | null {
    return this.#outputs.stderr;
  }

  get taken(): Promise<void> {
    return this.#accepted.promise;
  }

  get first(): Promise<void> {
    return this.#first.promise;
  }

  get head(): string {
    return this.#head;
  }

  attach(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('close', () => this.#finish(LEFT));
    // Input that was in transit when the command ended may break the connection, which is no failure then.
    socket.on('error', (error) => (this.#finished ? socket.terminate() : this.destroy(error)));
    for (const [channel, data] of this.#waiting.splice(0)) this.receive(channel, data);
  }

  /** Output may arrive before the caller has the stream. */
  receive(channel: number, data: Buffer): void {
    if (this.#finished) return;
    // The node starts with an empty message on each channel.
    this.#accepted.resolve();
    if (!this.#socket) return void this.#waiting.push([channel, data]);
    if (channel === END) return this.#finish(this.#believed(endOf(data)));
    if (channel === CLOSE || data.length === 0) return;
    const name = channel === ERRORS ? 'stderr' : 'stdout';
    const marks = this.#marks;
    this.#print(name, marks ? marks[name].take(data) : data);
    // Only both together mean that no output is in transit.
    if (marks && marks.stdout.code !== null && marks.stderr.code !== null)
      this.#finish({ exitCode: marks.stdout.code, left: false, refusal: null });
  }

  /** The node also reports success for a connection that broke before the command ended. */
  #believed(end: End): End {
    return this.#marks && end.exitCode === 0 ? { ...end, exitCode: null } : end;
  }

  #print(name: 'stdout' | 'stderr', data: Buffer): void {
    if (data.length === 0) return;
    if (this.#head.length < HEAD) this.#head += data.toString('latin1', 0, HEAD);
    this.#outputs.push(name, data);
    this.#first.resolve();
  }

  override _read(): void {
    this.#outputs.wanted(this);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (!this.#input || !socket || socket.readyState !== socket.OPEN) return done();
    // A connection that accepts no input may still deliver output; `close` reports its end.
    const sent = (): void => done();
    if (socket.bufferedAmount < HIGH_WATER) socket.send(message(INPUT, chunk), () => {});
    else return socket.send(message(INPUT, chunk), sent);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (!this.#input || !socket || socket.readyState !== socket.OPEN) return done();
    if (socket.protocol !== WITH_CLOSE) return done(cannotEnd());
    socket.send(message(CLOSE, Buffer.from([INPUT])));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#finish(LEFT);
    this.#socket?.terminate();
    this.#outputs.destroy();
    done(error);
  }

  #finish(end: End): void {
    if (this.#finished) return;
    this.#finished = true;
    if (this.#marks) {
      this.#print('stdout', this.#marks.stdout.rest());
      this.#print('stderr', this.#marks.stderr.rest());
    }
    this.#ended(end);
    if (!this.destroyed) this.#outputs.end();
    // A paused socket would never read the answer to the close.
    this.#socket?.resume();
    this.#socket?.close();
  }
}

const LEFT: End = { exitCode: null, left: true, refusal: null };

function cannotEnd(): DeskpodError {
  return new DeskpodError('engine_unavailable', 'This cluster cannot close the input of a command.', {
    remedy: 'Kubernetes 1.30 or later can. On earlier versions, leave out -i.',
  });
}

export function message(channel: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), data]);
}

/** Exported for its test. */
export function endOf(data: Buffer): End {
  const status = Status.safeParse(parseJson(data.toString('utf8'))).data;
  if (status?.status === 'Success') return { exitCode: 0, left: false, refusal: null };
  const code = status?.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  const said = status?.message ?? null;
  return code === undefined || code === null
    ? { exitCode: null, left: false, refusal: said }
    : { exitCode: Number(code), left: false, refusal: null };
}
