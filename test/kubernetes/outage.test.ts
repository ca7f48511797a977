/**
 * The cluster's API server is unreachable for a while: the shown state recovers by itself, and screens stay connected.
 */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { waitForWindowManager } from '#display/ready.ts';
import type { Engine } from '#domain/ports/engine.ts';
import { createKubernetesEngine } from '#engines/kubernetes/engine.ts';
import {
  aDesktop,
  eventually,
  hermes,
  patience,
  script,
  type EngineUnderTest,
  watching,
} from '../contracts/engine-kit.ts';
import { clusterConfig, KUBECONFIG, type Namespace, ownNamespace, reasonToSkip, underTest } from './cluster.ts';
import { engineEvents } from '../fakes/engine-events.ts';

const NAMESPACE = 'deskpod-outage-test';
const skip = reasonToSkip() ?? false;
const LONG_CUT_MS = 30_000;

describe('the API server is unreachable for a while', { skip, timeout: 600_000 }, () => {
  let namespace: Namespace;
  let wire: Wire;
  let engine: Engine;
  let under: EngineUnderTest;
  before(async () => {
    namespace = await ownNamespace(NAMESPACE);
    wire = await Wire.lay();
    engine = await createKubernetesEngine({
      events: engineEvents,
      config: { ...clusterConfig(NAMESPACE, { kind: 'none' }), kubeconfig: wire.kubeconfig },
      shmBytes: 2 ** 26,
      windowManagerReady: waitForWindowManager,
    });
    under = underTest(engine);
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await wire?.[Symbol.asyncDispose]();
    await namespace?.[Symbol.asyncDispose]();
  });

  for (const [what, cut] of [
    ['connections that are reset', (): Promise<void> => wire.reset(2_000)],
    ['a network that swallows everything for half a minute', (): Promise<void> => wire.swallow(LONG_CUT_MS)],
  ] as const) {
    test(`${what}: the screen stays connected, and events of that time are reported afterwards`, async () => {
      await using made = await aDesktop(under, hermes);
      const { desktop } = made;
      const launch = await script(under, desktop, 'sleep 1; exit 7');
      await using watch = watching(engine);
      const { events } = watch;
      const screen = await engine.connect(desktop.id, 'screen', patience());
      screen.on('error', () => {});
      const away = cut();
      // Works without the API server: a gateway reads the address from the ticket.
      const [banner] = await screen.take(1).toArray();
      assert.match(String(banner), /^RFB/);
      await away;
      await eventually('the end of the launch is told', async () =>
        events.some(
          (event) =>
            event.type === 'launch' &&
            event.launch.id === launch.id &&
            event.launch.status.state === 'finished' &&
            event.launch.status.exitCode === 7,
        )
          ? true
          : null,
      );
      assert.ok((await engine.desktops()).some(({ id, state }) => id === desktop.id && state === 'running'));
      await engine.ready();
    });
  }

  test('requests of that time fail with an explanation', async () => {
    const away = wire.reset(3_000);
    await delay(100);
    await assert.rejects(engine.ready(), (error) => error instanceof Error && /does not answer/.test(error.message));
    await away;
    await eventually('it answers again', async () =>
      engine.ready().then(
        () => true,
        () => null,
      ),
    );
  });
});

/** A connection to the API server that can be cut. */
class Wire implements AsyncDisposable {
  readonly kubeconfig: string;
  readonly #folder: string;
  readonly #server;
  readonly #sockets = new Set<Socket>();
  #mode: 'through' | 'refused' | 'swallowed' = 'through';

  private constructor(folder: string, kubeconfig: string, server: ReturnType<typeof createServer>) {
    this.#folder = folder;
    this.kubeconfig = kubeconfig;
    this.#server = server;
  }

  static async lay(): Promise<Wire> {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-wire-'));
    const text = await readFile(KUBECONFIG ?? '', 'utf8');
    const target = new URL(/server: "?(https:[^"\s,}]+)/.exec(text)?.[1] ?? '');
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, text.replaceAll(target.origin, `https://127.0.0.1:${address.port}`));
    const wire = new Wire(folder, kubeconfig, server);
    server.on('connection', (near) => wire.#join(near, target));
    return wire;
  }

  /** Resets all connections and refuses new ones. */
  async reset(ms: number): Promise<void> {
    this.#mode = 'refused';
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await delay(ms);
    this.#mode = 'through';
  }

  /** Keeps connections open but transfers nothing, as if a cable were pulled; data in flight are lost. */
  async swallow(ms: number): Promise<void> {
    this.#mode = 'swallowed';
    await delay(ms);
    for (const socket of this.#sockets) socket.destroy();
    this.#mode = 'through';
  }

  #join(near: Socket, target: URL): void {
    if (this.#mode === 'refused') return void near.resetAndDestroy();
    const far = connect({ host: target.hostname, port: Number(target.port || 443) });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (data) => this.#mode === 'through' && to.write(data));
      from.on('error', () => to.destroy());
      from.once('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}
