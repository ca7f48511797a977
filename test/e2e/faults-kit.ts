/** What the fault tests need: people who use the API, their screens and terminals, and patience with an end. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Client, createClient } from '#client/client.ts';
import { ApiError } from '#client/errors.ts';
import type { Desktop } from '#protocol/desktop.ts';
import type { Launch, LaunchRequest, LaunchState } from '#protocol/launch.ts';
import { SCREEN_PROTOCOL, TICKET_PROTOCOL_PREFIX } from '#protocol/screen.ts';
import type { Window } from '#protocol/window.ts';
import type { Product } from './product.ts';

/** Two busy cores: what takes half a second alone may take many beside a build. */
export const PATIENCE_MS = 60_000;
const LOOK_PAUSE_MS = 50;

/** Looks until there is an answer; for what nothing tells of. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | null>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const found = await look();
    if (found !== null) return found;
    await delay(LOOK_PAUSE_MS);
  }
  return assert.fail(`it never came that ${what}`);
}

export const refusedWith =
  (status: number) =>
  (error: unknown): boolean =>
    error instanceof ApiError && error.status === status;

type Finished = Extract<LaunchState, { state: 'finished' }>;

/** What the browser of this person would show. */
interface World {
  desktop: Desktop | null;
  launches: Map<string, Launch>;
  windows: readonly Window[];
}

function nothing(): World {
  return { desktop: null, launches: new Map(), windows: [] };
}

/** Somebody who is logged in and sees what is told, also across restarts of the server. */
export class Someone implements AsyncDisposable {
  readonly name: string;
  readonly client: Client;
  readonly token: string;
  readonly #product: Product;
  /** What was seen before the connection was lost does not count. */
  readonly #world = nothing();
  readonly #left = new AbortController();
  readonly #looks = new Set<() => void>();
  readonly #listening: Promise<void>;
  #broken: unknown = null;

  private constructor(product: Product, name: string, token: string) {
    this.name = name;
    this.token = token;
    this.#product = product;
    this.client = createClient({ baseUrl: product.address, token });
    this.#listening = this.#listen();
  }

  static async at(product: Product, name: string): Promise<Someone> {
    const anybody = createClient({ baseUrl: product.address });
    const { token } = await anybody.session.login({ provider: 'directory', name, password: name });
    return new Someone(product, name, token);
  }

  /** Resolves once what was told so far fits; `fits` is asked again after each event. */
  async sees<T>(what: string, fits: (world: Readonly<World>) => T | null | undefined | false): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (): void => {
      const found = fits(this.#world);
      if (found !== null && found !== undefined && found !== false) resolve(found);
      else if (this.#broken !== null) reject(this.#broken);
    };
    const late = setTimeout(() => {
      const { desktop, launches, windows } = this.#world;
      const states = [...launches.values()].map(({ id, status }) => ({ id, ...status }));
      const seen = JSON.stringify({ desktop: desktop?.status, states, windows: windows.map(({ title }) => title) });
      reject(new Error(`${this.name} never saw ${what}, but ${seen}\n${this.#product.log.slice(-20).join('\n')}`));
    }, PATIENCE_MS);
    this.#looks.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(late);
      this.#looks.delete(look);
    });
  }

  /** The id of a desktop that runs. */
  async hasDesktop(): Promise<string> {
    await this.client.desktop.start({ width: 800, height: 600 });
    return this.sees('a running desktop', ({ desktop }) => desktop?.status.state === 'running' && desktop.id);
  }

  /** Starts an app and waits for its window. */
  async runs(app: string, request: Omit<LaunchRequest, 'app'> = {}): Promise<Launch> {
    const { id } = await this.client.launches.start({ app, ...request });
    await this.hasWindowOf(id);
    return this.sees(`${id} running`, ({ launches }) => {
      const launch = launches.get(id);
      return launch?.status.state === 'running' && launch;
    });
  }

  hasWindowOf(id: string): Promise<Window> {
    return this.sees(`a window of ${id}`, ({ windows }) => windows.find(({ launchId }) => launchId === id));
  }

  isToldTheEndOf(id: string): Promise<Finished> {
    return this.sees(`the end of ${id}`, ({ launches }) => {
      const status = launches.get(id)?.status;
      return status?.state === 'finished' && status;
    });
  }

  async ticket(): Promise<string> {
    return (await this.client.desktop.ticket()).token;
  }

  async screen(): Promise<Screen> {
    return openScreen(this.#product, await this.ticket());
  }

  /** A terminal in the desktop or in a launch; rejects with `refused with <status>`. */
  async terminal(launch?: string): Promise<Terminal> {
    const url = `${this.#product.address.replace('http', 'ws')}/api/v1/terminal${launch ? `?launch=${launch}` : ''}`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${this.token}` } });
    let text = '';
    socket.on('message', (data) => void (text += Buffer.isBuffer(data) ? data.toString() : ''));
    const closed = closeCode(socket);
    await opened(socket);
    const shows = (words: string): Promise<true> =>
      eventually(`the terminal shows ${words}`, async () => (text.includes(words) ? true : null));
    return { socket, closed, shows };
  }

  async #listen(): Promise<void> {
    try {
      const onState = (state: 'open' | 'lost'): void => {
        if (state === 'lost') Object.assign(this.#world, nothing());
      };
      for await (const event of this.client.events({ signal: this.#left.signal, onState })) {
        if (event.type === 'desktop') this.#world.desktop = event.desktop;
        if (event.type === 'windows') this.#world.windows = event.windows;
        if (event.type === 'launch') this.#world.launches.set(event.launch.id, event.launch);
        if (event.type === 'launches')
          this.#world.launches = new Map(event.launches.map((launch) => [launch.id, launch]));
        for (const look of this.#looks) look();
      }
    } catch (error) {
      this.#broken = error;
      for (const look of this.#looks) look();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#left.abort();
    await this.#listening;
  }
}

/** A shell, and what it showed so far. */
export interface Terminal {
  readonly socket: WebSocket;
  shows(words: string): Promise<true>;
  /** The close code. */
  readonly closed: Promise<number>;
}

/** Somebody's view of a desktop: whole frames on demand, and how it ended. */
export interface Screen {
  readonly socket: WebSocket;
  /** Resolves when pixels came that were asked for after the call. */
  frame(): Promise<void>;
  /** The close code. */
  readonly closed: Promise<number>;
}

const UPDATE = 0;

/** Rejects with `refused with <status>` when the ticket does not open it. */
export async function openScreen(product: Product, ticket: string): Promise<Screen> {
  const url = `${product.address.replace('http', 'ws')}/api/v1/screen`;
  const socket = new WebSocket(url, [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${ticket}`]);
  const messages: Buffer[] = [];
  socket.on('message', (data) => Buffer.isBuffer(data) && messages.push(data));
  const closed = closeCode(socket);
  await opened(socket);
  socket.send(Buffer.from('RFB 003.008\n'));
  socket.send(Buffer.from([1, 1]));
  // Raw pixels alone.
  socket.send(Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]));
  const frame = async (): Promise<void> => {
    messages.length = 0;
    socket.send(Buffer.from([3, UPDATE, 0, 0, 0, 0, 0, 64, 0, 64]));
    // The greeting and the answer to it may come first: a frame of 64 by 64 pixels is larger than both.
    await eventually('a frame arrives', async () => {
      assert.equal(socket.readyState, socket.OPEN, 'the screen stays open');
      return messages.reduce((sum, { length }) => sum + length, 0) >= 64 * 64 * 4 ? true : null;
    });
  };
  return { socket, frame, closed };
}

async function opened(socket: WebSocket): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  socket.once('open', () => resolve(socket));
  socket.once('unexpected-response', (request, { statusCode }) => {
    request.destroy();
    reject(new Error(`refused with ${statusCode}`));
  });
  // Listened to for good: one that was refused errs again when its request is destroyed.
  socket.on('error', reject);
  return promise;
}

/** Of a socket that is or will be closed. */
function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once('close', (code) => resolve(code));
  });
}
