/**
 * A Docker daemon for tests, with its own store, socket and network namespace. Leaves the machine's own Docker alone.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EngineApi } from '#containers-client/api.ts';
import { copyImages, openEngine, OUR_IMAGES, ownStore, TEST_DATA, TEST_RUN } from './engine-local.ts';

const NETNS = 'deskpod-docker-test';
export const DATA = join(TEST_DATA, 'docker');
export const RUN = `${TEST_RUN}-docker`;
export const SOCKET = join(RUN, 'docker.sock');
const START_MS = 60_000;

export function reasonToSkip(): string | null {
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/usr/sbin/dockerd')) return 'dockerd is not installed (Debian: docker.io)';
  if (spawnSync('podman', ['--version']).status !== 0) return 'podman is not installed, which makes the images';
  return null;
}

/** Enters the namespace with `nsenter`, because `ip netns exec` would hide the cgroups. */
export async function startDaemon(): Promise<AsyncDisposable> {
  await mkdir(RUN, { recursive: true, mode: 0o711 });
  await endFormer();
  spawnSync('ip', ['netns', 'add', NETNS]);
  spawnSync('nsenter', [`--net=/run/netns/${NETNS}`, 'ip', 'link', 'set', 'lo', 'up']);
  const folders = [
    '--data-root',
    join(DATA, 'store'),
    '--exec-root',
    join(RUN, 'exec'),
    '--pidfile',
    join(RUN, 'docker.pid'),
  ];
  const child = spawn('nsenter', [`--net=/run/netns/${NETNS}`, 'dockerd', ...folders, '-H', `unix://${SOCKET}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(join(RUN, 'dockerd.log'));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  await answers(child);
  return {
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      log.end();
      spawnSync('ip', ['netns', 'delete', NETNS]);
    },
  };
}

/** Stops the daemon of a test run that was killed. */
async function endFormer(): Promise<void> {
  const pid = Number(await readFile(join(RUN, 'docker.pid'), 'utf8').catch(() => '0'));
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (pid > 0 && command.includes(SOCKET)) {
    process.kill(pid, 'SIGTERM');
    for (let count = 0; existsSync(`/proc/${pid}`) && count < 200; count += 1) await delay(50);
  }
  await rm(join(RUN, 'docker.pid'), { force: true });
}

async function answers(child: ChildProcess): Promise<void> {
  const api = new EngineApi(SOCKET);
  const until = Date.now() + START_MS;
  for (;;) {
    if (await api.text('GET', '/_ping').catch(() => null)) return;
    if (child.exitCode !== null || Date.now() > until)
      throw new Error(`dockerd does not start: see ${RUN}/dockerd.log`);
    await delay(100);
  }
}

/** Podman builds the images once for both engines. */
export async function copyFromPodman(docker = new EngineApi(SOCKET)): Promise<void> {
  const runDir = TEST_RUN;
  const signal = AbortSignal.timeout(900_000);
  await using stack = new AsyncDisposableStack();
  stack.use(await ownStore());
  const podman = stack.use(await openEngine({ socket: null, dataDir: TEST_DATA, runDir, apiSocket: '' }));
  for (const image of OUR_IMAGES) await podman.ensureImage({ reference: image, app: null }, () => undefined, signal);
  await copyImages(new EngineApi(join(runDir, 'engine/podman.sock')), docker, signal);
}
