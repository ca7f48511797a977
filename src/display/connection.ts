/**
 * One X connection with promises: every request has a time limit, a lost connection rejects pending requests, and requests
 * for a window that no longer exists return null instead of failing.
 */
import type { Duplex } from 'node:stream';
import x11 from 'x11';
import type {
  Client,
  DamageExtension,
  Done,
  FixesExtension,
  Geometry,
  PropertyReply,
  ResExtension,
  Screen,
  XEvent,
} from 'x11';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { XTransport } from './transport.ts';

const REQUEST_MS = 10_000;
const LOCAL_PID = 2;
const ANY_TYPE = 0;
const VIEWABLE = 2;
const REPLACE = 0;
const INPUT_ONLY = 2;
const CURRENT_TIME = 0;
/** Of XFixes: a new owner, the owner's window destroyed, its client gone. */
const ANY_OWNER_CHANGE = 7;

export const EVENTS = x11.eventMask;

const Greeting = z.object({ screen: z.array(z.object({ root: z.number() })).min(1) });

export class XConnection {
  readonly root: number;
  readonly #client: Client;
  /** Requests of these extensions may fail: their windows come and go. */
  readonly #mayFail: Set<number>;
  readonly #transport: XTransport;
  readonly #pending = new Set<(error: Error) => void>();
  readonly #listeners = new Set<(event: XEvent) => void>();
  #closed: Error | null = null;
  #res: Promise<ResExtension | null> | null = null;

  /** Owns `socket`, also if it fails. `cookie` has 32 hexadecimal digits. */
  static async open(socket: Duplex, cookie: string, signal: AbortSignal): Promise<XConnection> {
    const transport = new XTransport(socket);
    const client = x11.createClient({
      display: ':0',
      stream: transport,
      auth: { name: 'MIT-MAGIC-COOKIE-1', data: Buffer.from(cookie, 'hex').toString('latin1') },
      disableBigRequests: true,
      bufferRequests: { flushOnReply: false },
    });
    const mayFail = new Set<number>();
    const screen = await greeting(client, transport, mayFail, signal);
    return new XConnection(client, transport, mayFail, screen.root);
  }

  private constructor(client: Client, transport: XTransport, mayFail: Set<number>, root: number) {
    this.#client = client;
    this.#mayFail = mayFail;
    this.#transport = transport;
    this.root = root;
    // The library shares one object of atoms among all servers, which would mix up the desktops.
    client.atoms = {};
    client.on('event', (event: XEvent) => {
      for (const listener of this.#listeners) listener(event);
    });
    transport.once('close', (reason: Error | null) => this.#lose(reason));
  }

  /** Returns a function that stops listening. */
  onEvent(listener: (event: XEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called once; at once if it is already closed. */
  onClose(listener: (reason: Error | null) => void): void {
    if (this.#closed) queueMicrotask(() => listener(this.#closed));
    else this.#transport.once('close', listener);
  }

  close(reason: Error | null = null): void {
    this.#transport.destroy(reason);
  }

  internAtom(name: string): Promise<number> {
    return this.#request((done) => this.#client.InternAtom(false, name, done));
  }

  /** Null if the window no longer exists or has no such property. `maxBytes` is rounded up to words. */
  async property(window: number, atom: number, maxBytes: number, offsetBytes = 0): Promise<PropertyReply | null> {
    const reply = await this.#ask<PropertyReply>((done) =>
      this.#client.GetProperty(0, window, atom, ANY_TYPE, offsetBytes >> 2, Math.ceil(maxBytes / 4), done),
    );
    return reply === null || reply.type === 0 ? null : reply;
  }

  /** Reads and deletes a property, so that no other client gets it; a longer one is deleted unread. Null: as above. */
  async takeProperty(window: number, atom: number, maxBytes: number): Promise<PropertyReply | null> {
    const reply = await this.#ask<PropertyReply>((done) =>
      this.#client.GetProperty(1, window, atom, ANY_TYPE, 0, Math.ceil(maxBytes / 4), done),
    );
    if (reply === null || reply.type === 0) return null;
    if (reply.bytesAfter === 0) return reply;
    this.#client.DeleteProperty(window, atom);
    return null;
  }

  /** The atoms of a window's properties; empty if it no longer exists. */
  async properties(window: number): Promise<readonly number[]> {
    return (await this.#ask<readonly number[]>((done) => this.#client.ListProperties(window, done))) ?? [];
  }

  /** Null for an unknown atom. */
  atomName(atom: number): Promise<string | null> {
    return this.#ask((done) => this.#client.GetAtomName(atom, done));
  }

  /** The property as 32-bit words; empty if there is none. */
  async words(window: number, atom: number, maxWords: number, offsetWords = 0): Promise<readonly number[]> {
    const reply = await this.property(window, atom, maxWords * 4, offsetWords * 4);
    if (reply === null || reply.format !== 32) return [];
    return Array.from({ length: reply.data.length >> 2 }, (_, index) => reply.data.readUInt32LE(index * 4));
  }

  async viewable(window: number): Promise<boolean> {
    const attributes = await this.#ask<{ mapState: number }>((done) => this.#client.GetWindowAttributes(window, done));
    return attributes?.mapState === VIEWABLE;
  }

  /** Where a window is, relative to its parent; null if it no longer exists. */
  geometry(window: number): Promise<Geometry | null> {
    return this.#ask((done) => this.#client.GetGeometry(window, done));
  }

  /** Where a window's upper left corner is on the screen; null if it no longer exists. */
  origin(window: number): Promise<{ destX: number; destY: number } | null> {
    return this.#ask((done) => this.#client.TranslateCoordinates(window, this.root, 0, 0, done));
  }

  /** Selects the events of a window; false if the window no longer exists. */
  async select(window: number, eventMask: number): Promise<boolean> {
    const answer = await this.#ask<true>((done) =>
      this.#client.ChangeWindowAttributes(window, { eventMask }, (error) => done(error, true)),
    );
    return answer !== null;
  }

  /** The process of a window, as the X server sees it; null for remote clients and without X-Resource 1.2. */
  async pid(window: number): Promise<number | null> {
    const res = await (this.#res ??= this.#resources());
    if (res === null) return null;
    const ids = await this.#ask<readonly { mask: number; value: readonly number[] }[]>((done) =>
      res.QueryClientIds([{ client: window, mask: LOCAL_PID }], done),
    );
    const pid = ids?.find((id) => id.mask === LOCAL_PID)?.value[0] ?? 0;
    // 0 is a process outside the server's PID namespace, 2^32-1 an unknown one.
    return pid > 0 && pid < 0x7fff_ffff ? pid : null;
  }

  /** A client message to the window manager, as EWMH requires. */
  tellRoot(window: number, type: number, data: readonly number[]): void {
    if (this.#closed) throw this.#closed;
    const mask = EVENTS.SubstructureNotify | EVENTS.SubstructureRedirect;
    this.#client.SendClientMessage(this.root, window, type, 32, data, mask);
  }

  /** An invisible window of this connection, whose property changes it reports. */
  async createWindow(): Promise<number> {
    const id = this.#client.AllocID();
    const values = { eventMask: EVENTS.PropertyChange };
    await this.#request<undefined>((done) =>
      this.#client.CreateWindow(id, this.root, 0, 0, 1, 1, 0, 0, INPUT_ONLY, 0, values, done),
    );
    return id;
  }

  destroyWindow(window: number): Promise<unknown> {
    return this.#ask<undefined>((done) => this.#client.DestroyWindow(window, done));
  }

  /** At most 240 KiB of data, because a request is limited. False if the window no longer exists. */
  async changeProperty(
    window: number,
    { atom, type, format, data }: { atom: number; type: number; format: 8 | 32; data: Buffer | readonly number[] },
  ): Promise<boolean> {
    const answer = await this.#ask<true>((done) =>
      this.#client.ChangeProperty(REPLACE, window, atom, type, format, data, (error) => done(error, true)),
    );
    return answer !== null;
  }

  async deleteProperty(window: number, atom: number): Promise<void> {
    await this.#ask<undefined>((done) => this.#client.DeleteProperty(window, atom, done));
  }

  /** Reports owners of a selection as `SelectionNotify` events with an `owner`; false without XFixes. */
  async watchSelection(selection: number): Promise<boolean> {
    const fixes = await this.#ask<FixesExtension | null>((done) =>
      this.#client.require('fixes', (error, extension) => done(null, error ? null : extension)),
    );
    fixes?.SelectSelectionInput(this.root, selection, ANY_OWNER_CHANGE);
    return fixes !== null;
  }

  /** Null without the extension DAMAGE. Its events are those of the connection; its errors are ignored. */
  async damages(): Promise<DamageExtension | null> {
    const damage = await this.#ask<DamageExtension | null>((done) =>
      this.#client.require('damage', (error, extension) => done(null, error ? null : extension)),
    );
    if (damage !== null) this.#mayFail.add(damage.majorOpcode);
    return damage;
  }

  newId(): number {
    return this.#client.AllocID();
  }

  ownSelection(window: number, selection: number): void {
    if (this.#closed) throw this.#closed;
    this.#client.SetSelectionOwner(window, selection, CURRENT_TIME);
  }

  /** Asks the owner of a selection to put it, in the form of `target`, into a property of the window. */
  convertSelection(window: number, selection: number, target: number, property: number): void {
    if (this.#closed) throw this.#closed;
    this.#client.ConvertSelection(window, selection, target, property, CURRENT_TIME);
  }

  /** Answers a request for a selection; property 0 refuses it. */
  async notifySelection(answer: {
    readonly requestor: number;
    readonly selection: number;
    readonly target: number;
    readonly property: number;
    readonly time: number;
  }): Promise<void> {
    await this.#ask<undefined>((done) =>
      this.#client.SendEvent(answer.requestor, 0, 0, { name: 'SelectionNotify', ...answer }, done),
    );
  }

  /** Resolves when the server has processed all requests so far. */
  async sync(): Promise<void> {
    await this.#request((done: Done<unknown>) => this.#client.GetInputFocus(done));
  }

  async #resources(): Promise<ResExtension | null> {
    return this.#ask<ResExtension | null>((done) =>
      this.#client.require('res', (error, extension) => done(null, error ? null : extension)),
    );
  }

  /** Null for any error of the X protocol; fails only with the connection. */
  async #ask<T>(send: (done: Done<T>) => void): Promise<T | null> {
    return this.#request<T | null>((done) => send((error, value) => done(null, error ? null : value)));
  }

  #request<T>(send: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(this.#closed);
        return;
      }
      const timer = setTimeout(() => this.close(timeout()), REQUEST_MS).unref();
      const fail = (error: Error): void => {
        clearTimeout(timer);
        this.#pending.delete(fail);
        reject(error);
      };
      this.#pending.add(fail);
      send((error, value) => {
        if (error) fail(error);
        else {
          clearTimeout(timer);
          this.#pending.delete(fail);
          resolve(value);
        }
        return true;
      });
    });
  }

  #lose(reason: Error | null): void {
    this.#closed = reason ?? new DeskpodError('desktop_missing', 'The X connection to the desktop was closed.');
    for (const fail of this.#pending) fail(this.#closed);
  }
}

/** What the window list needs of a connection. */
export type WindowConnection = Pick<
  XConnection,
  'root' | 'onEvent' | 'close' | 'property' | 'words' | 'viewable' | 'select' | 'pid'
>;

/** What transfers of selections need of a connection. */
export type SelectionConnection = Pick<
  XConnection,
  | 'root'
  | 'onEvent'
  | 'onClose'
  | 'property'
  | 'select'
  | 'createWindow'
  | 'destroyWindow'
  | 'changeProperty'
  | 'deleteProperty'
  | 'watchSelection'
  | 'ownSelection'
  | 'convertSelection'
  | 'notifySelection'
>;

/** The first screen of the server; destroys the transport if the server refuses or doesn't respond, or the signal aborts. */
function greeting(
  client: Client,
  transport: XTransport,
  mayFail: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Screen> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]);
    const abort = (): void => transport.destroy(signal.aborted ? aborted(signal) : timeout());
    limit.addEventListener('abort', abort, { once: true });
    const closed = (reason: Error | null): void => {
      limit.removeEventListener('abort', abort);
      reject(refused(reason));
    };
    transport.once('close', closed);
    // Stays as long as the connection: without a listener, an error of the library would end the process.
    client.on('error', (error: Error) => {
      if (!('majorOpcode' in error && typeof error.majorOpcode === 'number' && mayFail.has(error.majorOpcode)))
        transport.destroy(error);
    });
    client.once('connect', (display: unknown) => {
      limit.removeEventListener('abort', abort);
      transport.off('close', closed);
      const parsed = Greeting.safeParse(display);
      if (parsed.success) resolve(parsed.data.screen[0] ?? { root: 0 });
      else reject(new DeskpodError('engine_unavailable', 'The X server has no screen.', { cause: parsed.error }));
    });
    if (limit.aborted) abort();
  });
}

function refused(reason: Error | null): DeskpodError {
  if (reason instanceof DeskpodError) return reason;
  const why = reason?.message ?? 'it closed the connection while it was set up';
  return new DeskpodError('engine_unavailable', `The desktop's X server can't be used: ${why}.`, { cause: reason });
}

function timeout(): DeskpodError {
  return new DeskpodError('timeout', `The desktop's X server didn't respond within ${REQUEST_MS / 1000} s.`);
}

function aborted(signal: AbortSignal): DeskpodError {
  return new DeskpodError('timeout', 'Opening the display was aborted.', { cause: signal.reason });
}
