/**
 * A small client for the Docker-compatible Engine API over a unix socket: JSON, streamed bodies both ways and hijacked
 * connections. It knows HTTP and nothing about desktops; the callers know the requests.
 */
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';

/** Which engine answers: Podman's own API has more than the compatible one. */
export type Flavour = 'podman' | 'docker';

const REPLY_TIMEOUT_MS = 60_000;
const ERROR_BODY_LIMIT = 64 * 1024;
/** Podman describes a container while its process ends, and fails to read the process's cgroup; a moment later it knows. */
const JUST_ENDED = /\/proc\/\d+\/cgroup: no such (process|file)/;
const JUST_ENDED_ATTEMPTS = 10;
const JUST_ENDED_PAUSE_MS = 20;

/** The engine answered with a status of 400 or more. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ApiCall {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** A plain value is sent as JSON, a `Readable` as a tar stream. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Timeout of a JSON call; only the signal ends a stream. */
  readonly timeoutMs?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';

export class EngineApi {
  readonly socket: string;
  readonly #ready: () => Promise<void>;

  /** Every call waits for `ready`, which resolves when the socket answers and restarts a service that died. */
  constructor(socket: string, ready: () => Promise<void> = () => Promise.resolve()) {
    this.socket = socket;
    this.#ready = ready;
  }

  /**
   * One parsed JSON reply. Rejects with `ApiError`, or `DeskpodError` when the engine is unreachable or incompatible.
   */
  async json<T>(schema: z.ZodType<T>, method: Method, path: string, call: ApiCall = {}): Promise<T> {
    const text = await this.text(method, path, call);
    return parseReply(schema, text, `${method} ${path}`);
  }

  /** Like `json` for a call whose reply does not matter. */
  async text(method: Method, path: string, call: ApiCall = {}): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#textOnce(method, path, call);
      } catch (error) {
        const mayRepeat = method === 'GET' && attempt < JUST_ENDED_ATTEMPTS;
        if (!mayRepeat || !(error instanceof ApiError && JUST_ENDED.test(error.message))) throw error;
        await delay(JUST_ENDED_PAUSE_MS, undefined, { signal: call.signal });
      }
    }
  }

  async #textOnce(method: Method, path: string, call: ApiCall): Promise<string> {
    const limit = AbortSignal.timeout(call.timeoutMs ?? REPLY_TIMEOUT_MS);
    const signal = call.signal ? AbortSignal.any([call.signal, limit]) : limit;
    try {
      const reply = await this.stream(method, path, { ...call, signal });
      return await readText(reply);
    } catch (error) {
      if (limit.aborted && !call.signal?.aborted) {
        throw new DeskpodError('timeout', `The container engine did not answer ${method} ${path} in time.`, {
          cause: error,
        });
      }
      throw error;
    }
  }

  /** The reply as a stream; the caller reads it to its end or destroys it. */
  async stream(method: Method, path: string, call: ApiCall = {}): Promise<IncomingMessage> {
    await this.#ready();
    call.signal?.throwIfAborted();
    const streamed = call.body instanceof Readable ? call.body : null;
    const request = this.#open(method, path, call);
    const reply = new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', (error) => reject(this.#unreachable(error, call.signal)));
    });
    if (streamed) {
      // The reply may arrive, or fail, while the body is still being sent: it reports a broken upload.
      pipeline(streamed, request).catch(ignore('the reply says what became of the upload'));
    } else {
      request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
    }
    return checked(await reply);
  }

  /** Upgrades the HTTP connection to a raw two-way stream (exec with or without a terminal, attach). */
  async hijack(path: string, call: ApiCall = {}): Promise<Duplex> {
    await this.#ready();
    call.signal?.throwIfAborted();
    const headers = { ...call.headers, Connection: 'Upgrade', Upgrade: 'tcp' };
    const request = this.#open('POST', path, { ...call, headers });
    const upgraded = new Promise<Duplex>((resolve, reject) => {
      request.on('upgrade', (_reply, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.on('response', (reply: IncomingMessage) => {
        checked(reply).then(
          () =>
            reject(new DeskpodError('engine_unavailable', `The container engine would not open a stream for ${path}.`)),
          reject,
        );
      });
      request.on('error', (error) => reject(this.#unreachable(error, call.signal)));
    });
    // Everything after the head is input of the attached process.
    request.end(call.body === undefined ? undefined : JSON.stringify(call.body));
    return upgraded;
  }

  #open(method: Method, path: string, call: ApiCall): ClientRequest {
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) query.set(key, String(value));
    }
    const json = call.body !== undefined && !(call.body instanceof Readable);
    return httpRequest({
      socketPath: this.socket,
      method,
      path: query.size > 0 ? `${path}?${query.toString()}` : path,
      headers: {
        Host: 'localhost',
        ...(json ? { 'Content-Type': 'application/json' } : {}),
        ...(call.body instanceof Readable ? { 'Content-Type': 'application/x-tar' } : {}),
        ...call.headers,
      },
      agent: false,
      ...(call.signal ? { signal: call.signal } : {}),
    });
  }

  #unreachable(error: Error, signal: AbortSignal | undefined): Error {
    if (signal?.aborted) return error;
    return new DeskpodError(
      'engine_unavailable',
      `The container engine at ${this.socket} cannot be reached (${error.message}).`,
      {
        remedy: 'Check that the engine runs and that this socket belongs to it.',
        cause: error,
      },
    );
  }
}

/** A stream of JSON values, one per line (events, progress). Invalid lines are an error, blank ones are not. */
export async function* jsonLines<T>(schema: z.ZodType<T>, reply: Readable): AsyncGenerator<T> {
  let rest = '';
  reply.setEncoding('utf8');
  for await (const chunk of reply) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') yield parseReply(schema, line, 'a stream');
    }
  }
  if (rest.trim() !== '') yield parseReply(schema, rest, 'a stream');
}

export function isStatus(error: unknown, ...statuses: number[]): boolean {
  return error instanceof ApiError && statuses.includes(error.status);
}

/** Podman's message, with 500, for a container that is being removed, or whose removal was interrupted. */
const HALF_GONE = /\b(no such container|container not known|container has already been removed)$/;
const Failure = z.looseObject({ message: z.string().optional(), cause: z.string().optional() });

async function checked(reply: IncomingMessage): Promise<IncomingMessage> {
  const status = reply.statusCode ?? 0;
  if (status < 400) return reply;
  const text = await readText(reply, ERROR_BODY_LIMIT);
  const words = failureText(text) ?? `The container engine answered ${status}.`;
  throw new ApiError(status === 500 && HALF_GONE.test(words) ? 404 : status, words);
}

function failureText(text: string): string | null {
  try {
    return Failure.parse(JSON.parse(text)).message ?? null;
  } catch (error) {
    ignore('it is no JSON, so the text itself is the message')(error);
    return text.trim() === '' ? null : text.trim().slice(0, 500);
  }
}

async function readText(reply: IncomingMessage, limit = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseReply<T>(schema: z.ZodType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new DeskpodError('engine_unavailable', `The container engine answered ${what} with something unexpected.`, {
      cause: error,
    });
  }
}
