/** Our gateway beside websockify, which does nothing but WebSockets, and nginx, which passes TCP on: the same server behind all. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { descendants } from '../../test/runner/descendants.ts';
import { Child, until } from './children.ts';
import { freePort } from './ports.ts';
import { FLOOD_BYTES, KEY, Listening, VIEWERS } from './relay-kinds.ts';
import { type Door, RelayViewer } from './relay-viewer.ts';
import { type Measured, OURS, quantile } from './results.ts';
import type { Tool, Tools } from './tools.ts';
import { processorMs, proportionalBytes } from './use.ts';

export const WEBSOCKIFY = 'websockify';
const NGINX = 'nginx stream';
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';
const NGINX_PROGRAM = '/usr/sbin/nginx';
const START_MS = 60_000;
const PINGS = 200;
/** That open side by side. */
const AT_ONCE = 10;
const MOVING_MS = 10_000;
const MEMORY_LOOKS = 5;
const LOOK_MS = 1_000;
const MIB = 1024 ** 2;
/** Turns with all viewers take half a minute each. */
const FEW = 2;

interface Relay {
  readonly name: string;
  readonly port: number;
  readonly door: Door;
  readonly pid: number;
}

export interface GatewayMeasured {
  readonly figures: readonly Measured[];
  readonly versions: Readonly<Record<string, string>>;
  readonly skipped: readonly { readonly what: string; readonly skipped: string }[];
}

export async function gatewayBeside(tools: Tools, turns: number, isQuick: boolean): Promise<GatewayMeasured> {
  await using owned = new AsyncDisposableStack();
  const server = await listens(owned, 'rfb-server.ts', {});
  const gateway = await listens(owned, 'gateway-process.ts', { SERVER: String(server.port) });
  const relays: Relay[] = [{ name: OURS, door: 'deskpod', ...gateway }];
  const versions: Record<string, string> = {};
  const skipped: { what: string; skipped: string }[] = [];
  const others = [
    { name: WEBSOCKIFY, tool: await tools.python('websockify'), start: websockify },
    {
      name: NGINX,
      tool: await tools.debian(['libnginx-mod-stream', 'nginx'], [STREAM_MODULE, NGINX_PROGRAM]),
      start: nginx,
    },
  ];
  for (const { name, tool, start } of others) {
    if ('skipped' in tool) skipped.push({ what: `gateway beside ${name}`, ...tool });
    else {
      relays.push({ name, ...(await start(owned, tool, server.port)) });
      versions[name] = tool.version;
    }
  }
  const [throughput, cpu, memory, ping] = figures();
  for (let turn = 0; turn < turns; turn += 1) {
    for (const relay of relays) {
      const { rate, seconds } = await flood(relay);
      put(throughput, relay, rate);
      put(cpu, relay, seconds);
    }
    const direct = await pings(server.port, 'tcp');
    for (const relay of relays) put(ping, relay, 1000 * ((await pings(relay.port, relay.door)) - direct));
  }
  if (isQuick) return { figures: [throughput, cpu, ping], versions, skipped };
  for (let turn = 0; turn < FEW; turn += 1) {
    for (const relay of relays) put(memory, relay, (await memoryOfViewers(relay)) / 1024);
  }
  return { figures: [throughput, cpu, memory, ping], versions, skipped };
}

type Collected = Measured & { readonly samples: Record<string, number[]> };

function figures(): readonly [Collected, Collected, Collected, Collected] {
  const common = { group: 'gateway', better: 'less' } as const;
  const beside = { share: 0.5, beside: WEBSOCKIFY };
  const goals = {
    throughput: [{ ...beside, least: 1 }],
    cpu: [{ ...beside, most: 0.8 }],
    memory: [{ ...beside, most: 0.01 }],
  };
  const what = { memory: `gateway: memory of each of ${VIEWERS} viewers whose screens move`, cpu: 'gateway: CPU' };
  return [
    {
      ...common,
      id: 'gateway-rate',
      what: 'gateway: throughput',
      unit: 'MiB/s',
      better: 'more',
      goals: goals.throughput,
      samples: {},
    },
    { ...common, id: 'gateway-cpu', what: what.cpu, unit: 's/GiB', goals: goals.cpu, samples: {} },
    { ...common, id: 'gateway-memory', what: what.memory, unit: 'KiB', goals: goals.memory, samples: {} },
    { ...common, id: 'gateway-ping', what: 'gateway: added round trip', unit: 'µs', goals: [], samples: {} },
  ];
}

function put({ samples }: Collected, { name }: Relay, value: number): void {
  (samples[name] ??= []).push(value);
}

/** In MiB/s, and seconds of processor per GiB. */
async function flood({ port, door, pid }: Relay): Promise<{ readonly rate: number; readonly seconds: number }> {
  using viewer = await RelayViewer.open(port, door);
  const pids = [pid, ...(await descendants(pid))];
  const [cpu, begun] = [await processorMs(pids), performance.now()];
  viewer.key(KEY.flood);
  await viewer.receives(FLOOD_BYTES);
  const ms = performance.now() - begun;
  const used = (await processorMs(pids)) - cpu;
  return { rate: (FLOOD_BYTES / MIB / ms) * 1000, seconds: (used / 1000 / FLOOD_BYTES) * 1024 ** 3 };
}

/** The median, in milliseconds. */
async function pings(port: number, door: Door): Promise<number> {
  using viewer = await RelayViewer.open(port, door);
  const found: number[] = [];
  for (let count = 0; count < PINGS; count += 1) found.push(await viewer.ping());
  return quantile(found, 0.5);
}

/** Bytes for each. */
async function memoryOfViewers({ port, door, pid }: Relay): Promise<number> {
  const memory = async (): Promise<number> => await proportionalBytes([pid, ...(await descendants(pid))]);
  const before = await memory();
  using viewers = new DisposableStack();
  for (let open = 0; open < VIEWERS; open += AT_ONCE) {
    const more = Array.from({ length: AT_ONCE }, () => RelayViewer.open(port, door));
    for (const viewer of await Promise.all(more)) viewers.use(viewer).key(KEY.moving);
  }
  await delay(MOVING_MS);
  const found: number[] = [];
  for (let look = 0; look < MEMORY_LOOKS; look += 1) {
    found.push(await memory());
    await delay(LOOK_MS);
  }
  return (quantile(found, 0.5) - before) / VIEWERS;
}

async function listens(owned: AsyncDisposableStack, file: string, env: Record<string, string>) {
  const path = new URL(file, import.meta.url).pathname;
  const child = owned.use(new Child([process.execPath, path], { env: { ...process.env, ...env } }));
  const line = await child.line((one) => one.startsWith('{'), START_MS);
  return { pid: child.pid, ...Listening.parse(JSON.parse(line)) };
}

async function websockify(owned: AsyncDisposableStack, { path }: Tool, server: number): Promise<Omit<Relay, 'name'>> {
  const port = await freePort();
  const child = owned.use(new Child([path, `127.0.0.1:${port}`, `127.0.0.1:${server}`]));
  await opens(port, 'websocket');
  return { port, door: 'websocket', pid: child.pid };
}

async function nginx(owned: AsyncDisposableStack, { path }: Tool, server: number): Promise<Omit<Relay, 'name'>> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'));
  owned.defer(() => rm(folder, { recursive: true }));
  const configuration = `load_module ${path};
user root; worker_processes 1; daemon off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
stream { server { listen 127.0.0.1:${port}; proxy_pass 127.0.0.1:${server}; tcp_nodelay on; } }
`;
  await writeFile(join(folder, 'nginx.conf'), configuration);
  const child = owned.use(
    new Child([NGINX_PROGRAM, '-p', folder, '-e', join(folder, 'error.log'), '-c', join(folder, 'nginx.conf')]),
  );
  await opens(port, 'tcp');
  return { port, door: 'tcp', pid: child.pid };
}

async function opens(port: number, door: Door): Promise<void> {
  await until(`an answer at port ${port}`, START_MS, async () =>
    (await RelayViewer.open(port, door))[Symbol.dispose](),
  );
}
