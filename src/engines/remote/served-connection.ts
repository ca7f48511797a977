/** One connection in the engine process: one call, until its answer is sent or the client is gone. */
import type { Socket } from 'node:net';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import type { Engine, EngineEvents } from '#domain/ports/engine.ts';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { ignore } from '#protocol/ignore.ts';
import { parseJson } from '#protocol/json.ts';
import type { DisplayReports } from './display-reports.ts';
import { toWire } from './errors.ts';
import { type Frame, FrameReader, jsonFrame, KIND, MAX_REQUEST_BYTES } from './frames.ts';
import type { ServedMethod, Serving } from './method.ts';
import type { Rules } from './policy.ts';
import { METHODS } from './protocol.ts';
import { ServedSession } from './served-session.ts';

export interface ServedDeps {
  readonly engine: Engine;
  readonly rules: Rules;
  readonly displays: DisplayReports;
  readonly events: EngineEvents;
  /** Counts the call from now on as this kind; false if there are too many. */
  readonly admit: (kind: ServedMethod['kind']) => boolean;
}

/** For the request after the connection is made, and for the client to take the end of the answer. */
const REQUEST_MS = 10_000;
const TAKE_MS = 60_000;
/** Of reports that the client has not read: later ones are left out, as they are only for display. */
const MOST_REPORTS_BYTES = 1024 * 1024;

const Request = z.object({ method: z.string(), params: z.unknown().optional() });

export class ServedConnection {
  /** Resolves when the connection is closed and the work has ended, or is undone. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #deps: ServedDeps;
  readonly #reader = new FrameReader(MAX_REQUEST_BYTES);
  readonly #abort = new AbortController();
  /** Until the request is here, then until the answer is taken. */
  #timer: NodeJS.Timeout;
  #work: Promise<void> | null = null;
  #session: ServedSession | null = null;
  /** Something came that means nothing: neither does what follows it. */
  #isLost = false;

  constructor(socket: Socket, deps: ServedDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#timer = setTimeout(() => socket.destroy(), REQUEST_MS).unref();
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // What counts is that it closes.
    socket.on('error', ignore('the server process is gone'));
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        clearTimeout(this.#timer);
        this.close();
        resolve();
      });
    });
    this.ended = closed.then(() => this.#work ?? undefined);
  }

  /** Aborts the work and closes the connection. */
  close(): void {
    this.#abort.abort(new DeskpodError('engine_unavailable', 'The connection to the engine process closed.'));
    this.#session?.leave();
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#isLost) return;
    try {
      for (const frame of this.#reader.push(chunk)) this.#take(frame);
    } catch (error) {
      this.#isLost = true;
      this.#abort.abort(error);
      this.#session?.leave();
      this.#finish(jsonFrame(KIND.error, toWire(error)));
    }
  }

  #take({ kind, body }: Frame): void {
    if (this.#work === null && kind === KIND.call) {
      clearTimeout(this.#timer);
      this.#work = this.#serve(parseJson(body.toString('utf8'))).catch((error: unknown) =>
        this.#finish(jsonFrame(KIND.error, this.#wire(error))),
      );
    } else if (this.#work !== null && kind === KIND.abort) {
      this.#abort.abort(new DeskpodError('conflict', 'The server process no longer wants the answer.'));
    } else if (this.#session === null || !this.#session.take(kind, body)) {
      throw new DeskpodError('invalid_request', `A message of kind ${kind} at this point means nothing.`);
    }
  }

  async #serve(raw: unknown): Promise<void> {
    const request = Request.safeParse(raw);
    if (!request.success) throw new DeskpodError('invalid_request', 'The request is not JSON with a method.');
    const { method: name, params } = request.data;
    const method = METHODS.get(name);
    if (method === undefined)
      throw new DeskpodError('invalid_request', `The engine process has no method ${name.slice(0, 64)}.`);
    const { engine, rules, displays, events, admit } = this.#deps;
    if (!admit(method.kind))
      throw new DeskpodError('too_many_open', 'The engine process has too many open calls.', {
        remedy: 'Try again when others have ended.',
      });
    const { signal } = this.#abort;
    try {
      await this.#answer(method, params, { engine, rules, displays, signal });
    } catch (error) {
      if (!(error instanceof DeskpodError) && !signal.aborted) events.failed(`answering ${name}`, error);
      throw error;
    }
  }

  async #answer(method: ServedMethod, params: unknown, serving: Serving): Promise<void> {
    switch (method.kind) {
      case 'call':
        return this.#result(await method.serveCall(params, serving, (value) => this.#report(value)));
      case 'items':
        for await (const item of method.serveItems(params, serving)) {
          if (!this.#write(jsonFrame(KIND.item, { value: item }))) await this.#drained();
          if (this.#socket.destroyed) return;
        }
        return this.#result(undefined);
      case 'session':
        return await this.#carry(await method.serveSession(params, serving));
      default:
        return method satisfies never;
    }
  }

  /** Whatever the engine warns about travels with each answer, so that no call is made for it. */
  #result(value: unknown): void {
    this.#finish(jsonFrame(KIND.result, { value, warnings: this.#deps.engine.warnings() }));
  }

  #report(value: unknown): void {
    if (this.#socket.writableLength < MOST_REPORTS_BYTES) this.#write(jsonFrame(KIND.report, { value }));
  }

  async #carry(session: ExecSession): Promise<void> {
    this.#session = new ServedSession(session, (bytes) => this.#write(bytes));
    if (this.#socket.destroyed) this.#session.leave();
    const value = { stderr: session.stderr !== null };
    this.#write(jsonFrame(KIND.result, { value, warnings: this.#deps.engine.warnings() }));
    this.#finish(await this.#session.carry());
  }

  /** Resolves when the client has read on, or is gone. */
  async #drained(): Promise<void> {
    if (this.#socket.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('drain', resolve).once('close', resolve);
    await promise;
    this.#socket.off('drain', resolve).off('close', resolve);
  }

  #wire(error: unknown): object {
    const { signal } = this.#abort;
    return { ...toWire(error), ...(signal.aborted && error === signal.reason ? { aborted: true } : {}) };
  }

  /** False when the client should read on first. */
  #write(bytes: Buffer): boolean {
    return this.#socket.writableEnded || this.#socket.write(bytes);
  }

  #finish(last: Buffer): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#timer = setTimeout(() => this.#socket.destroy(), TAKE_MS).unref();
    this.#socket.end(last);
  }
}
