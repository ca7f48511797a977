/**
 * What Deskpod's containers have outside of their engine: processes, network namespaces, interfaces, cgroups. The engine
 * removes these itself, unless it or a container's monitor was killed.
 */
import { existsSync } from 'node:fs';
import { glob, readdir, readFile, rmdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';
import { clearFirewall } from '#containers-client/firewall.ts';
import { ignore } from '#protocol/ignore.ts';
import { run } from './packages.ts';

const Stored = z.array(z.looseObject({ id: z.string().regex(/^[0-9a-f]{64}$/) }));
const Network = z.looseObject({ network_interface: z.string().regex(/^dp-[0-9a-f]{10,12}$/) });
const DIE_MS = 5_000;
const POLL_MS = 50;
/** Programs of the engine, which name its folders. */
const HELPERS = /^(podman|conmon|runc|crun|netavark|aardvark-dns)/;

export interface Remains {
  readonly containers: readonly string[];
  readonly devices: readonly string[];
}

/** Read from Podman's own storage, so that it works even if Podman doesn't start. */
export async function remainsOf(engineData: string): Promise<Remains> {
  const stored = await json(join(engineData, 'store/overlay-containers/containers.json'), Stored);
  const folder = join(engineData, 'networks');
  const files = (await readdir(folder).catch(ignore('there are no networks', []))).filter((name) =>
    name.endsWith('.json'),
  );
  const networks = await Promise.all(files.map((name) => json(join(folder, name), Network)));
  return {
    containers: (stored ?? []).map(({ id }) => id),
    devices: networks.flatMap((network) => network?.network_interface ?? []),
  };
}

/** Removes what is left of them. `folders`: of data and sockets. */
export async function clearRemains({ containers, devices }: Remains, folders: readonly string[]): Promise<void> {
  const cgroups = (await Promise.all(containers.map(cgroupsOf))).flat();
  await end([...(await processesIn(cgroups)), ...(await helpersOf(folders))]);
  // Children come first.
  for (const path of cgroups) await rmdir(path).catch(ignore('the cgroup is already gone'));
  for (const parent of new Set(cgroups.map((path) => dirname(path))))
    await rmdir(parent).catch(ignore('others use the parent cgroup'));
  for (const name of devices) {
    // Its ports lead into the namespaces of containers, which are gone.
    const ports = await run('ip', ['-oneline', 'link', 'show', 'master', name], () => undefined);
    const namespaces = [...ports.output.matchAll(/ link-netns (\S+)/g)].map(([, one = '']) => `/run/netns/${one}`);
    await clearNamespaces(namespaces);
    await run('ip', ['link', 'delete', name], () => undefined);
  }
  await clearFirewall();
}

/** Network namespaces are mounts, which nothing else unmounts. */
export async function clearNamespaces(paths: readonly string[]): Promise<void> {
  for (const path of paths.filter((one) => /^\/(var\/)?run\/netns\/netns-[0-9a-f-]+$/.test(one))) {
    await run('umount', [path], () => undefined);
    await rm(path, { force: true });
  }
}

/** Of every controller, with and without systemd; children first. */
async function cgroupsOf(id: string): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const controllers = (await readdir(root, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const roots = [root, ...controllers.map(({ name }) => join(root, name))];
  const names = [
    `libpod_parent/libpod-${id}`,
    `machine.slice/libpod-${id}.scope`,
    `machine.slice/libpod-conmon-${id}.scope`,
  ];
  const fixed = roots.flatMap((one) => names.map((name) => join(one, name))).filter((path) => existsSync(path));
  // Below the cgroup of its desktop.
  const patterns = ['deskpod/*/*', 'deskpod.slice/*/*'].flatMap((path) =>
    [`libpod-${id}`, `libpod-${id}.scope`, `libpod-conmon-${id}.scope`].map((name) => `${path}/${name}`),
  );
  const tops = [...fixed];
  for await (const path of glob(roots.flatMap((one) => patterns.map((pattern) => join(one, pattern))))) tops.push(path);
  const trees = await Promise.all(tops.map(async (path) => [...(await foldersIn(path)), path]));
  return trees.flat();
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = (await readdir(path, { withFileTypes: true }).catch(ignore('the cgroup is already gone', []))).filter(
    (entry) => entry.isDirectory(),
  );
  const below = entries.map(({ name }) => join(path, name));
  return [...(await Promise.all(below.map(foldersIn))).flat(), ...below];
}

async function processesIn(cgroups: readonly string[]): Promise<number[]> {
  const lists = await Promise.all(
    cgroups.map((path) => readFile(join(path, 'cgroup.procs'), 'utf8').catch(ignore('the cgroup is already gone', ''))),
  );
  return lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number));
}

async function helpersOf(folders: readonly string[]): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const read = (file: string): Promise<string> =>
        readFile(`/proc/${pid}/${file}`, 'utf8').catch(ignore('the process has ended', ''));
      const [name, command] = await Promise.all([read('comm'), read('cmdline')]);
      return HELPERS.test(name) && folders.some((folder) => command.includes(`${folder}/`)) ? [pid] : [];
    }),
  );
  return found.flat();
}

async function end(pids: readonly number[]): Promise<void> {
  for (const pid of pids) signal(pid, 'SIGKILL');
  const until = Date.now() + DIE_MS;
  while (pids.some((pid) => signal(pid, 0)) && Date.now() < until) await delay(POLL_MS);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return ignore('the process has ended', false)(error);
  }
}

async function json<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | null> {
  const text = await readFile(path, 'utf8').catch(ignore('the file does not exist', null));
  if (text === null) return null;
  // A crash may have truncated it.
  return schema.safeParse(parseJson(text)).data ?? null;
}
