/**
 * Commands in running containers, over the API server's exec WebSocket. The first byte of each message is its channel:
 * 0 input, 1 output, 2 errors, 3 the end, 4 the terminal's size, 255 the end of one channel (v5.channel.k8s.io).
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 */
import { randomUUID } from 'node:crypto';
import { Duplex } from 'node:stream';
import { stringify } from 'node:querystring';
import { Exec } from '@kubernetes/client-node';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { ExecSession, ExecSpec } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Environment } from '#protocol/app.ts';
import type { ClusterApi } from './api.ts';

const INPUT = 0;
const END = 3;
const SIZE = 4;
const CLOSE = 255;
const OPEN_TIMEOUT_MS = 15_000;
/** Marks what was started in one terminal: children inherit it. */
const TERMINAL = 'DESKPOD_TERMINAL';
/** Unsent bytes beyond which writers wait. */
const HIGH_WATER = 1024 * 1024;

const Status = z.looseObject({
  status: z.string().nullish(),
  message: z.string().nullish(),
  details: z
    .looseObject({
      causes: z.array(z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() })).nullish(),
    })
    .nullish(),
});

export interface ExecPlace {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** `conflict` when the container does not run. The command ends when the stream is destroyed. */
export async function exec(place: ExecPlace, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
  const { tty } = spec;
  const exit = Promise.withResolvers<number | null>();
  const terminal = tty === null ? null : randomUUID();
  const stream = new ExecStream((code, left) => {
    exit.resolve(code);
    // Nothing in between tells a program that its terminal has gone.
    if (left && terminal !== null) void hangUp(place, terminal);
  });
  const path = `/api/v1/namespaces/${place.namespace}/pods/${place.pod}/exec?${stringify({
    container: place.container,
    command: withVariables(spec.command, { ...spec.env, ...(terminal === null ? {} : { [TERMINAL]: terminal }) }),
    stdin: true,
    stdout: true,
    stderr: tty === null,
    tty: tty !== null,
  })}`;
  const socket = await open(place.api, path, (channel, data) => stream.receive(channel, data), signal);
  stream.attach(socket);
  const resize = async ({ columns, rows }: { columns: number; rows: number }): Promise<void> => {
    if (socket.readyState === socket.OPEN)
      socket.send(message(SIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
  };
  if (tty !== null) await resize(tty);
  return { stream, resize, exitCode: exit.promise };
}

/** Output of a short command; `conflict` when the container does not run. */
export async function output(
  place: ExecPlace,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ text: string; exitCode: number | null }> {
  const session = await exec(place, { command, tty: null }, signal);
  const abort = (): void => void session.stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    session.stream.end();
    let text = '';
    session.stream.setEncoding('utf8');
    for await (const chunk of session.stream) text += String(chunk);
    signal.throwIfAborted();
    return { text, exitCode: await session.exitCode };
  } finally {
    signal.removeEventListener('abort', abort);
    session.stream.destroy();
  }
}

/** Kubernetes' exec sets no variables; `env` does. */
function withVariables(command: readonly string[], env: Environment): string[] {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return variables.length === 0 ? [...command] : ['/usr/bin/env', ...variables, ...command];
}

/** HUP to all that was started in a terminal, as the kernel does when a real one is switched off. */
async function hangUp(place: ExecPlace, terminal: string): Promise<void> {
  const find = `grep -lsz "^${TERMINAL}=${terminal}$" /proc/[0-9]*/environ | cut -d/ -f3`;
  const command = ['sh', '-c', `pids=$(${find}); [ -z "$pids" ] || kill -HUP $pids; kill -CONT $pids 2>/dev/null`];
  // An image without these programs cannot have had a terminal either.
  await output(place, command, AbortSignal.timeout(OPEN_TIMEOUT_MS)).catch(() => {});
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
  if (status === '500' || status === '400')
    return new DeskpodError('conflict', 'It does not run, so nothing can run in it.', { cause });
  return new DeskpodError('engine_unavailable', `The cluster runs no command there: ${message}.`, { cause });
}

class ExecStream extends Duplex {
  readonly #ended: (exitCode: number | null, left: boolean) => void;
  #socket: WebSocket | null = null;
  #waiting: [number, Buffer][] = [];
  #over = false;

  /** `left`: nobody listens any more, and the command may run on. */
  constructor(ended: (exitCode: number | null, left: boolean) => void) {
    super({ allowHalfOpen: true });
    this.#ended = ended;
  }

  attach(socket: WebSocket): void {
    this.#socket = socket;
    socket.on('close', () => this.#finish(null, true));
    socket.on('error', (error) => this.destroy(error));
    for (const [channel, data] of this.#waiting.splice(0)) this.receive(channel, data);
  }

  /** Output may come before whoever asked has the stream. */
  receive(channel: number, data: Buffer): void {
    if (this.#over) return;
    if (!this.#socket) return void this.#waiting.push([channel, data]);
    if (channel === END) return this.#finish(exitCodeOf(data), false);
    if (channel === CLOSE || data.length === 0) return;
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
    this.#finish(null, true);
    this.#socket?.terminate();
    done(error);
  }

  #finish(exitCode: number | null, left: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#ended(exitCode, left);
    this.push(null);
    this.#socket?.close();
  }
}

function message(channel: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([channel]), data]);
}

function exitCodeOf(data: Buffer): number | null {
  const status = Status.safeParse(parseJson(data.toString('utf8')));
  if (!status.success) return null;
  if (status.data.status === 'Success') return 0;
  const code = status.data.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  return code === undefined || code === null ? null : Number(code);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
