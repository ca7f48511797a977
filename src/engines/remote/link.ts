/** The server process's side of the connection: a socket for each call, and what has come back with the answers. */
import { connect, type Socket } from 'node:net';
import { z } from 'zod';
import { Deadline } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { errorIn, gone, jsonIn, parsed, valueIn } from './answers.ts';
import { Exchange } from './exchange.ts';
import { FrameReader, jsonFrame, KIND, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES } from './frames.ts';
import { type CallMethod, encodeParams, type ItemsMethod, type SessionMethod } from './method.ts';
import { RemoteSession } from './remote-session.ts';
import { Warnings } from './results.ts';

/** For calls that nothing else ends. */
const ANSWER_MS = 600_000;

const Answer = z.object({ value: z.unknown().optional(), warnings: Warnings });
const Opened = z.object({ stderr: z.boolean() });

interface CallOptions<Report, Result> {
  readonly signal?: AbortSignal;
  readonly report?: (value: Report) => void;
  /** For a result that comes after the abort: nobody would know of it. */
  readonly undo?: (made: Result) => Promise<unknown>;
}

export class Link {
  readonly #path: string;
  readonly #whenLost: () => Promise<void>;
  readonly #closed = new AbortController();
  readonly #sockets = new Set<Socket>();
  #warnings: readonly SystemWarning[] = [];

  /** `whenLost` is awaited before a call fails because the engine process is gone. */
  constructor(path: string, whenLost: () => Promise<void>) {
    this.#path = path;
    this.#whenLost = whenLost;
  }

  /** Those of the last answer. */
  get warnings(): readonly SystemWarning[] {
    return this.#warnings;
  }

  /** Aborts when it is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort(gone('a call after the engine was closed'));
    for (const socket of this.#sockets) socket.destroy();
  }

  /**
   * Rejects with the signal's reason when it aborts, after the engine process has undone the work; with
   * `engine_unavailable` when that process does not answer or ends.
   */
  async call<Params, Report, Result>(
    method: CallMethod<Params, Report, Result>,
    params: Params,
    { signal, report, undo }: CallOptions<Report, Result> = {},
  ): Promise<Result> {
    signal?.throwIfAborted();
    using deadline = new Deadline(
      ANSWER_MS,
      new DeskpodError('timeout', `The engine process did not answer ${method.name} in time.`),
    );
    const stop = signal ?? deadline.signal;
    const exchange = new Exchange(method.name, this.#connect(method, params), this.#whenLost);
    try {
      const answer = await exchange.answer(stop, (body) => report?.(valueIn(method.name, method.report, body)));
      const result = this.#decodeAnswer(method, method.result, answer);
      if (signal?.aborted && undo) {
        await undo(result);
        throw signal.reason;
      }
      return result;
    } finally {
      exchange.close();
    }
  }

  /** Ends without an error when the signal aborts. Only what is read is sent, but for what the sockets hold. */
  async *items<Params, Item>(
    method: ItemsMethod<Params, Item>,
    params: Params,
    signal: AbortSignal,
  ): AsyncGenerator<Item> {
    if (signal.aborted) return;
    const socket = this.#connect(method, params);
    const abort = (): void => void socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    const reader = new FrameReader(MAX_ANSWER_BYTES);
    try {
      for await (const chunk of chunksOf(socket))
        for (const { kind, body } of reader.push(chunk)) {
          if (signal.aborted) return;
          if (kind === KIND.error) throw errorIn(method.name, body, signal);
          if (kind === KIND.result) {
            this.#decodeAnswer(method, z.void(), body);
            return;
          }
          yield valueIn(method.name, method.item, body);
        }
      if (!signal.aborted) throw gone(method.name);
    } catch (error) {
      if (!signal.aborted) throw error instanceof DeskpodError ? error : gone(method.name, error);
    } finally {
      signal.removeEventListener('abort', abort);
      socket.destroy();
    }
  }

  /** Rejects as {@link call} does. The signal reaches the engine also after the command has started. */
  async session<Params>(method: SessionMethod<Params>, params: Params, signal: AbortSignal): Promise<RemoteSession> {
    signal.throwIfAborted();
    const exchange = new Exchange(method.name, this.#connect(method, params), this.#whenLost);
    try {
      const { stderr } = this.#decodeAnswer(method, Opened, await exchange.answer(signal));
      signal.throwIfAborted();
      return new RemoteSession(exchange, stderr, signal);
    } catch (error) {
      exchange.close();
      throw error;
    }
  }

  #connect<Params>(method: { name: string; params: z.ZodType<Params> }, params: Params): Socket {
    this.#closed.signal.throwIfAborted();
    const request = jsonFrame(KIND.call, { method: method.name, params: encodeParams(method, params) });
    if (request.length > MAX_REQUEST_BYTES)
      throw new DeskpodError('payload_too_large', `This ${method.name} has more than ${MAX_REQUEST_BYTES} bytes.`);
    const socket = connect(this.#path);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', ignore('the call that it was for fails'));
    socket.write(request);
    return socket;
  }

  #decodeAnswer<Result>({ name }: { name: string }, schema: z.ZodType<Result>, body: Buffer): Result {
    const { value, warnings } = jsonIn(name, Answer, body);
    this.#warnings = warnings;
    return parsed(name, schema, value);
  }
}

async function* chunksOf(socket: Socket): AsyncGenerator<Buffer> {
  for await (const chunk of socket) if (Buffer.isBuffer(chunk)) yield chunk;
}
