/**
 * Removes Deskpod from a machine: its containers, networks, images and data. Home folders contain users' work, so they are
 * only removed on request. Debian packages stay, because other programs may use them.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { EngineApi, isStatus } from '#containers-client/api.ts';
import { ignore } from '#protocol/ignore.ts';
import { instanceId, instanceLabels, labelFilter } from '#engines/containers/pods/labels.ts';
import { removeDesktopCgroups } from '#engines/containers/host/desktop-cgroups.ts';
import { removeEgress } from '#engines/containers/host/egress.ts';
import { egressTable } from '#engines/containers/specs/bridge.ts';
import { removeAccount } from '#processes/account.ts';
import { PodmanService } from '#containers-client/podman-service.ts';
import { engineFolders } from './engine.ts';
import { run } from './packages.ts';
import type { Progress } from './progress.ts';
import { clearNamespaces, clearRemains, remainsOf } from './remains.ts';

export interface UninstallOptions {
  readonly dataDir: string;
  readonly runDir: string;
  /** The system user of the server process. */
  readonly user: string;
  /** The engine that was used; null for Deskpod's own Podman. */
  readonly engineSocket: string | null;
  /** True keeps homes, false deletes them, undefined asks. */
  readonly keepHomes?: boolean | undefined;
}

/** Marks a data folder whose removal started, so that its remains are recognized. */
const MARK = '.uninstalling';

/** Again for a second if a program that is being ended still writes. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/** Asks a yes-or-no question. */
export type Ask = (question: string) => Promise<boolean>;

const Namespace = z.looseObject({ NetworkSettings: z.looseObject({ SandboxKey: z.string().default('') }).optional() });
const Containers = z.array(z.looseObject({ Id: z.string(), Labels: z.record(z.string(), z.string()).default({}) }));
const Networks = z.array(z.looseObject({ Id: z.string(), Name: z.string() }));
const Images = z.array(
  z.looseObject({ Id: z.string(), RepoTags: z.array(z.string()).nullish(), Created: z.number().default(0) }),
);

/** What `uninstall` would remove, line by line; rejects like it. */
export async function listRemovals({ dataDir, runDir, engineSocket }: UninstallOptions): Promise<string[]> {
  await assertDataFolder(resolve(dataDir));
  const [names, homes] = await Promise.all([namesIn(dataDir), namesIn(join(dataDir, 'homes'))]);
  const { containers, devices } = await remainsOf(engineFolders(dataDir, runDir).data);
  const own = `${containers.length} containers and ${devices.length} networks of its own Podman, with their images`;
  return [
    engineSocket === null ? own : `its containers, networks and images on the engine at ${engineSocket}`,
    `${dataDir}: ${names.filter((name) => name !== 'homes').join(', ') || 'nothing'}`,
    runDir,
    homes.length === 0 ? 'no homes' : `homes, if you say so: ${homes.join(', ')}`,
  ];
}

/** Rejects with `conflict` if the folder isn't a data folder. Can be repeated after an interruption. */
export async function uninstall(options: UninstallOptions, ask: Ask, progress: Progress): Promise<void> {
  const dataDir = resolve(options.dataDir);
  const runDir = resolve(options.runDir);
  await assertDataFolder(dataDir);
  const homes = await namesIn(join(dataDir, 'homes'));
  const keep = options.keepHomes ?? (homes.length > 0 && !(await ask(homesQuestion(dataDir, homes))));
  if (options.engineSocket !== null) {
    const api = new EngineApi(options.engineSocket);
    await progress.step('Containers', () => removeObjects(api, dataDir, true));
  } else if (existsSync(join(dataDir, 'engine', 'store'))) {
    await progress.step('Containers', () => removeOwnEngine(dataDir, runDir));
  }
  await removeDesktopCgroups(instanceId(dataDir));
  // The last, so that nothing ever runs without it.
  await removeEgress(egressTable(dataDir));
  await progress.step('Data', async () => {
    if (existsSync(dataDir)) await writeFile(join(dataDir, MARK), '');
    await unmountBelow([dataDir, runDir]);
    await rm(runDir, REMOVAL);
    const names = await namesIn(dataDir);
    for (const name of names.filter((entry) => entry !== MARK && !(keep && entry === 'homes'))) {
      await rm(join(dataDir, name), REMOVAL);
    }
    await rm(join(dataDir, MARK), { force: true });
    if (!keep) await rm(dataDir, REMOVAL);
    return keep && homes.length > 0 ? `homes are still in ${join(dataDir, 'homes')}` : '';
  });
  await progress.step('System user', async () =>
    (await removeAccount(options.user)) ? `${options.user} removed` : 'none to remove',
  );
}

/** Removes everything in Deskpod's own Podman; the images go with its storage. Works even if Podman doesn't start. */
async function removeOwnEngine(dataDir: string, runDir: string): Promise<string> {
  const folders = engineFolders(dataDir, runDir);
  const remains = await remainsOf(folders.data);
  const namespaces: string[] = [];
  let said = '';
  try {
    await using service = await PodmanService.start(folders);
    const api = new EngineApi(service.socket, () => service.ready());
    for (const id of remains.containers) namespaces.push(await namespaceOf(api, id));
    said = await removeObjects(api, dataDir, false);
  } catch (error) {
    said = `removed without their engine: ${messageOf(error)}`;
  }
  await clearRemains(remains, [folders.data, folders.run]);
  await clearNamespaces(namespaces);
  return said;
}

async function namespaceOf(api: EngineApi, id: string): Promise<string> {
  const found = await api
    .json(Namespace, 'GET', `/containers/${id}/json`)
    .catch(ignore('the container is already gone', null));
  return found?.NetworkSettings?.SandboxKey ?? '';
}

/** A wrong --data must not delete another folder. */
async function assertDataFolder(dataDir: string): Promise<void> {
  const names = await namesIn(dataDir);
  const known = ['engine', 'homes', 'keys', 'cache', 'deskpod.db'].filter((name) => names.includes(name));
  if (names.length === 0 || known.length >= 2 || names.includes(MARK)) return;
  // The remains of an interrupted removal.
  if (names.every((name) => name === 'homes' || name === 'engine')) return;
  throw new DeskpodError('conflict', `${dataDir} doesn't look like a data folder of Deskpod. Nothing was removed.`, {
    remedy: 'Use the folder that the server was started with: --data FOLDER.',
  });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(ignore('the folder does not exist', []));
}

function homesQuestion(dataDir: string, homes: readonly string[]): string {
  const shown = homes.slice(0, 8).join(', ') + (homes.length > 8 ? ', …' : '');
  return `Delete the home folders of ${homes.length} users in ${join(dataDir, 'homes')} (${shown})? You can't undo this.`;
}

async function removeObjects(api: EngineApi, dataDir: string, images: boolean): Promise<string> {
  const filters = labelFilter(instanceLabels(dataDir));
  const containers = await api.json(Containers, 'GET', '/containers/json', { query: { all: true, filters } });
  // Containers that joined a desktop come before it.
  const isDesktop = ({ Labels }: { Labels: Record<string, string> }): number => Number(Labels['type'] === 'x11server');
  for (const { Id } of containers.toSorted((one, other) => isDesktop(one) - isDesktop(other))) {
    await tolerateMissing(api.text('DELETE', `/containers/${Id}`, { query: { force: true, v: true } }));
  }
  const networks = await api.json(Networks, 'GET', '/networks', { query: { filters } });
  for (const { Id } of networks) await tolerateMissing(api.text('DELETE', `/networks/${Id}`));
  if (images) {
    const ours = JSON.stringify({ label: ['deskpod.source'] });
    const found = await api.json(Images, 'GET', '/images/json', { query: { filters: ours } });
    // Newest first, because children are newer than their parents. Never forced: images that another installation on
    // this engine uses stay, and so do its containers.
    for (const { Id, RepoTags } of found.toSorted((one, other) => other.Created - one.Created)) {
      const names = (RepoTags ?? []).filter((tag) => !tag.includes('<none>'));
      for (const name of names.length > 0 ? names : [Id]) {
        await tolerateMissing(api.text('DELETE', `/images/${encodeURIComponent(name)}`));
      }
    }
  }
  return `${containers.length} removed`;
}

/** Ignores objects that no longer exist; a parent image is removed with its last child. */
async function tolerateMissing(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isStatus(error, 404, 409)) throw error;
  }
}

/** An engine that was killed leaves mounts in its storage, deepest last. */
async function unmountBelow(folders: readonly string[]): Promise<void> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const points = table.split('\n').map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '));
  const below = points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)));
  for (const point of below.toReversed()) await run('umount', [point], () => undefined);
}
