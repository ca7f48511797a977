/**
 * The WebSocket behind the API server's exec and attach. The first byte of each message is its channel: 0 input,
 * 1 output, 2 errors, 3 the end, 4 the terminal's size, 255 the end of one channel (v5.channel.k8s.io).
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
import { Duplex } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { ClusterApi } from './api.ts';

const INPUT = 0;
const END = 3;
const SIZE = 4;
const CLOSE = 255;
export const OPEN_TIMEOUT_MS = 15_000;
/** Unsent bytes beyond which writers wait. */
const HIGH_WATER = 1024 * 1024;
/** Enough of the output to see what a program says of its failure to begin. */
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
  /** Null: the cluster did not say. */
  readonly exitCode: number | null;
  /** Nobody listens any more, and what ran may run on. */
  readonly left: boolean;
  /** Why it could not even begin, in the runtime's words. */
  readonly refusal: string | null;
}

export interface Channels {
  readonly stream: Duplex;
  resize(size: { columns: number; rows: number }): Promise<void>;
  readonly end: Promise<End>;
  /** Resolves when the node itself has taken the connection, which the API server opens before: output is heard from then on. */
  readonly taken: Promise<void>;
  /** Resolves with the first output; never, when there is none. */
  readonly first: Promise<void>;
  /** The beginning of what was put out so far. */
  head(): string;
}

/** `conflict` when the container does not run, `not_found` when it is gone. */
export async function openChannels(api: ClusterApi, path: string, signal: AbortSignal): Promise<Channels> {
  const { promise: end, resolve } = Promise.withResolvers<End>();
  const stream = new ChannelStream(resolve);
  const socket = await open(api, path, (channel, data) => stream.receive(channel, data), signal);
  stream.attach(socket);
  const resize = async ({ columns, rows }: { columns: number; rows: number }): Promise<void> => {
    if (socket.readyState === socket.OPEN)
      socket.send(message(SIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
  };
  return { stream, resize, end, taken: stream.taken, first: stream.first, head: () => stream.head };
}

async function open(
  api: ClusterApi,
  path: string,
  receive: (channel: number, data: Buffer) => void,
  signal: AbortSignal,
): Promise<WebSocket> {
  signal.throwIfAborted();
  const until = AbortSignal.any([signal, AbortSignal.timeout(OPEN_TIMEOUT_MS)]);
  // Its own stream handling knows no back-pressure; its connection does all that is needed.
  const { handler } = new Exec(api.config);
  const connecting = handler.connect(path, null, (channel: number, data: Buffer) => {
    receive(channel, data);
    return true;
  });
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(until.reason);
  until.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([connecting, promise]);
  } catch (error) {
    void connecting.then((socket) => socket.close()).catch(() => {});
    if (signal.aborted) throw signal.reason;
    throw refusal(error);
  } finally {
    until.removeEventListener('abort', abort);
  }
}

/** The upgrade's answer is all there is: 404 for what is gone, 500 for a container that does not run. */
function refusal(cause: unknown): DeskpodError {
  const message = z.looseObject({ message: z.string() }).safeParse(cause).data?.message ?? String(cause);
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (status === '404') return new DeskpodError('not_found', 'It is gone.', { cause });
  if (status === '403')
    return new DeskpodError('forbidden', 'The cluster does not let this server go inside containers.', {
      remedy: 'Its role needs create and get of pods/exec and pods/attach.',
      cause,
    });
  if (status === '500' || status === '400')
    return new DeskpodError('conflict', 'It does not run, so nothing can run in it.', { cause });
  return new DeskpodError('engine_unavailable', `The cluster runs no command there: ${message}.`, { cause });
}

class ChannelStream extends Duplex {
  readonly #ended: (end: End) => void;
  #socket: WebSocket | null = null;
  #waiting: [number, Buffer][] = [];
  #over = false;
  readonly #taken = Promise.withResolvers<void>();
  readonly #first = Promise.withResolvers<void>();
  #head = '';

  constructor(ended: (end: End) => void) {
    super({ allowHalfOpen: true });
    this.#ended = ended;
  }

  get taken(): Promise<void> {
    return this.#taken.promise;
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
    socket.on('error', (error) => this.destroy(error));
    for (const [channel, data] of this.#waiting.splice(0)) this.receive(channel, data);
  }

  /** Output may come before whoever asked has the stream. */
  receive(channel: number, data: Buffer): void {
    if (this.#over) return;
    // The node begins with an empty message on each channel.
    this.#taken.resolve();
    if (!this.#socket) return void this.#waiting.push([channel, data]);
    if (channel === END) return this.#finish(endOf(data));
    if (channel === CLOSE || data.length === 0) return;
    if (this.#head.length < HEAD) this.#head += data.toString('latin1', 0, HEAD);
    this.#first.resolve();
    if (!this.push(data)) this.#socket.pause();
  }

  override _read(): void {
    this.#socket?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (!socket || socket.readyState !== socket.OPEN) return done();
    const sent = (error?: Error | null): void => done(error);
    if (socket.bufferedAmount < HIGH_WATER) socket.send(message(INPUT, chunk), () => {});
    else return socket.send(message(INPUT, chunk), sent);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    const socket = this.#socket;
    if (socket && socket.readyState === socket.OPEN) socket.send(message(CLOSE, Buffer.from([INPUT])));
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#finish(LEFT);
    this.#socket?.terminate();
    done(error);
  }

  #finish(end: End): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended(end);
    this.push(null);
    this.#socket?.close();
  }
}

const LEFT: End = { exitCode: null, left: true, refusal: null };

function message(channel: number, data: Buffer): Buffer {
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
