/** A toolbox as the browser gets it: asked for, followed by the stream of events, seen in a terminal. */
import { WebSocket } from 'ws';
import type { DebugSession, ToolboxRequest } from '#protocol/debug.ts';
import { PROMPT, visible } from './prompt.ts';
import { listen, type Stage, TIMEOUT_MS } from './stage.ts';

export interface Opened {
  readonly session: DebugSession;
  /** From the request to the prompt. */
  readonly ms: number;
}

type State = DebugSession['status']['state'];

export class OurToolboxes implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #stop = new AbortController();
  readonly #known = new Map<string, DebugSession>();
  #changed = Promise.withResolvers<void>();

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  static async follow(stage: Stage): Promise<OurToolboxes> {
    const toolboxes = new OurToolboxes(stage);
    await listen(stage.client, toolboxes.#stop.signal, (event) => {
      if (event.type !== 'debug') return;
      toolboxes.#known.set(event.session.id, event.session);
      toolboxes.#changed.resolve();
      toolboxes.#changed = Promise.withResolvers();
    });
    return toolboxes;
  }

  async open(request: ToolboxRequest): Promise<Opened> {
    const begun = performance.now();
    const asked = await this.#stage.client.debug.toolbox({ ...request, profile: 'restricted' });
    const session = await this.#until(asked, 'running');
    await this.#prompt(session.id);
    return { session, ms: performance.now() - begun };
  }

  /** Resolves when it has ended. */
  async end({ session }: Opened): Promise<void> {
    await this.#until(await this.#stage.client.debug.end(session.id), 'ended');
  }

  async #until(asked: DebugSession, state: State): Promise<DebugSession> {
    const late = AbortSignal.timeout(TIMEOUT_MS);
    let session = asked;
    while (session.status.state !== state) {
      if (session.status.state === 'ended') throw new Error(`it ended: ${JSON.stringify(session.status)}`);
      late.throwIfAborted();
      const known = this.#known.get(asked.id);
      if (known !== undefined && known !== session && known.status.state !== session.status.state) session = known;
      else await Promise.race([this.#changed.promise, aborted(late)]);
    }
    return session;
  }

  /** Leaves the terminal when the prompt is there; the toolbox goes on. */
  async #prompt(id: string): Promise<void> {
    const { product, token } = this.#stage;
    const query = new URLSearchParams({ columns: '100', rows: '30', debug: id });
    const socket = new WebSocket(`${product.address.replace('http', 'ws')}/api/v1/terminal?${query.toString()}`, {
      headers: { authorization: `Bearer ${token}` },
      origin: product.address,
    });
    const seen = Promise.withResolvers<void>();
    let shown = '';
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) shown += data.toString();
      if (PROMPT.test(visible(shown))) seen.resolve();
    });
    socket.on('error', seen.reject);
    socket.on('close', (code) => seen.reject(new Error(`the terminal closed with ${code}: ${shown}`)));
    const late = setTimeout(() => seen.reject(new Error(`no prompt: ${shown}`)), TIMEOUT_MS);
    await seen.promise.finally(() => {
      clearTimeout(late);
      socket.terminate();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
