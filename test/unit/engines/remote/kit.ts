/** The two halves of `engines/remote` around a fake engine, in one process, and raw connections to the first of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '#domain/ports/engine.ts';
import { openRemoteEngine, type RemoteEngineOptions } from '#engines/remote/client.ts';
import { FrameReader, jsonFrame, type Kind, KIND, MAX_ANSWER_BYTES } from '#engines/remote/frames.ts';
import type { EnginePolicy } from '#engines/remote/policy.ts';
import { serveEngine, type ServeOptions } from '#engines/remote/server.ts';
import { FakeEngine } from '../../../fakes/engine.ts';

/** That of a fresh installation. */
export const POLICY: EnginePolicy = {
  profiles: { user: ['restricted'], support: ['restricted'], admin: ['restricted', 'baseline', 'general'] },
  images: ['localhost/deskpod/toolbox:1'],
};
const ME = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

export const soon = (): AbortSignal => AbortSignal.timeout(10_000);

/** An engine process with a fake engine, and a server process that uses it. */
export interface Halves<E extends Engine> extends AsyncDisposable {
  readonly engine: E;
  readonly remote: Engine;
  readonly socket: string;
  /** Failures that the halves report. */
  readonly failures: { readonly what: string; readonly error: unknown }[];
  /** Ends the engine process. */
  stop(): Promise<void>;
  /** Starts another one. */
  restart(engine?: Engine): Promise<void>;
}

/** Of either half. */
export type More = Partial<ServeOptions> & Partial<Pick<RemoteEngineOptions, 'windowManagerReady'>>;

export async function halves(more: More = {}): Promise<Halves<FakeEngine>> {
  return await halvesOf(new FakeEngine(), more);
}

export async function halvesOf<E extends Engine>(engine: E, more: More = {}): Promise<Halves<E>> {
  const owned = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const failures: { what: string; error: unknown }[] = [];
  const events = { failed: (what: string, error: unknown): void => void failures.push({ what, error }) };
  const { socket = join(folder, 'engine.sock') } = more;
  const serve = (one: Engine): Promise<AsyncDisposable> =>
    serveEngine(one, { ...ME, policy: POLICY, events, ...more, socket });
  let served: AsyncDisposable | null = await serve(engine);
  const stop = async (): Promise<void> => {
    await served?.[Symbol.asyncDispose]();
    served = null;
  };
  owned.defer(stop);
  const remote = owned.use(
    await openRemoteEngine({
      socket,
      connect: (...given) => engine.connect(...given),
      windowManagerReady: more.windowManagerReady ?? (async () => undefined),
      events,
    }),
  );
  return {
    engine,
    remote,
    socket,
    failures,
    stop,
    restart: async (another: Engine = engine) => {
      await stop();
      served = await serve(another);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Polls until it is so. */
export async function eventually(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const signal = soon();
  while (!(await isSo())) {
    if (signal.aborted) throw new Error(`timeout: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export interface RawAnswer {
  readonly kind: Kind;
  readonly json: unknown;
}

/** What a server process that was taken over might send: any bytes. Resolves with the messages until the end. */
export async function rawAnswers(path: string, ...bytes: readonly Buffer[]): Promise<RawAnswer[]> {
  const socket = rawConnection(path);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (const one of bytes) socket.write(one);
  const reader = new FrameReader(MAX_ANSWER_BYTES);
  const answers: RawAnswer[] = [];
  socket.on('data', (chunk: Buffer) => {
    for (const { kind, body } of reader.push(chunk)) {
      const isJson = body[0] === 0x7b;
      answers.push({ kind, json: isJson ? JSON.parse(body.toString('utf8')) : null });
    }
  });
  await closed;
  return answers;
}

export function rawConnection(path: string): Socket {
  const socket = connect(path);
  socket.on('error', () => undefined);
  return socket;
}

/** The error that answers a request which our own client would not send. */
export async function rawError(path: string, method: string, params: unknown): Promise<unknown> {
  const [last] = (await rawAnswers(path, jsonFrame(KIND.call, { method, params }))).slice(-1);
  return last?.kind === KIND.error ? last.json : last;
}
