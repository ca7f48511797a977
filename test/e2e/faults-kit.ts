/** What the fault tests share: API users with their screens and terminals, and waiting with a timeout. */
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

/** Two busy cores: a step of half a second can take many seconds while something builds. */
export const PATIENCE_MS = 60_000;
const LOOK_PAUSE_MS = 50;

/** Polls until there is a result; for conditions without an event. */
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

/** The state that this user's browser would show. */
interface World {
  desktop: Desktop | null;
  launches: Map<string, Launch>;
  windows: readonly Window[];
}

function nothing(): World {
  return { desktop: null, launches: new Map(), windows: [] };
}

/** A logged-in user that follows the event stream, also across restarts of the server. */
export class Someone implements AsyncDisposable {
  readonly name: string;
  readonly client: Client;
  readonly token: string;
  readonly #product: Product;
  /** Starts empty after each reconnect. */
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

  /** Resolves when `fits` accepts the state from all events so far; it is called again after each event. */
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

  /** The id of a running desktop. */
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
  /** The WebSocket close code. */
  readonly closed: Promise<number>;
}

/** A view of a desktop that requests whole frames, and its close code. */
export interface Screen {
  readonly socket: WebSocket;
  /** Resolves when the pixels requested by this call have arrived. */
  frame(): Promise<void>;
  /** The WebSocket close code. */
  readonly closed: Promise<number>;
}

const UPDATE = 0;

/** Rejects with `refused with <status>` if the ticket is not accepted. */
export async function openScreen(product: Product, ticket: string): Promise<Screen> {
  const url = `${product.address.replace('http', 'ws')}/api/v1/screen`;
  const socket = new WebSocket(url, [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${ticket}`]);
  const messages: Buffer[] = [];
  socket.on('message', (data) => Buffer.isBuffer(data) && messages.push(data));
  const closed = closeCode(socket);
  await opened(socket);
  socket.send(Buffer.from('RFB 003.008\n'));
  socket.send(Buffer.from([1, 1]));
  // Raw encoding only.
  socket.send(Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]));
  const frame = async (): Promise<void> => {
    messages.length = 0;
    socket.send(Buffer.from([3, UPDATE, 0, 0, 0, 0, 0, 64, 0, 64]));
    // The greeting and its answer may come first: a frame of 64 by 64 pixels is larger than both.
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
  // Never removed: a refused socket emits another error when its request is destroyed.
  socket.on('error', reject);
  return promise;
}

/** The close code of a socket that is closing or will be closed. */
function closeCode(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.once('close', (code) => resolve(code));
  });
}
