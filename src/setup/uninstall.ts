/**
 * Takes Deskpod off a machine: its containers, networks, images and data. Homes hold people's work, so they go only when
 * somebody says so. Debian packages stay: others may use them by now.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { EngineApi, isStatus } from '#engines/containers/api.ts';
import { instanceLabels, labelFilter } from '#engines/containers/labels.ts';
import { PodmanService } from '#engines/containers/podman-service.ts';
import { engineFolders } from './engine.ts';
import { run } from './packages.ts';
import type { Progress } from './progress.ts';

export interface UninstallOptions {
  readonly dataDir: string;
  readonly runDir: string;
  /** The engine that was used; null for our own Podman. */
  readonly engineSocket: string | null;
  /** True keeps homes, false deletes them, undefined asks. */
  readonly keepHomes?: boolean | undefined;
}

/** A question with yes or no for an answer. */
export type Ask = (question: string) => Promise<boolean>;

const Containers = z.array(z.looseObject({ Id: z.string(), Labels: z.record(z.string(), z.string()).default({}) }));
const Networks = z.array(z.looseObject({ Id: z.string(), Name: z.string() }));
const Images = z.array(
  z.looseObject({ Id: z.string(), RepoTags: z.array(z.string()).nullish(), Created: z.number().default(0) }),
);

/** Rejects with `conflict` when the folder is not one of ours. Can be repeated after it was interrupted. */
export async function uninstall(options: UninstallOptions, ask: Ask, progress: Progress): Promise<void> {
  const dataDir = resolve(options.dataDir);
  const runDir = resolve(options.runDir);
  await mustBeOurs(dataDir);
  const homes = await namesIn(join(dataDir, 'homes'));
  const keep = options.keepHomes ?? (homes.length > 0 && !(await ask(homesQuestion(dataDir, homes))));
  if (options.engineSocket !== null) {
    const api = new EngineApi(options.engineSocket);
    await progress.step('Containers', () => removeObjects(api, dataDir, true));
  } else if (existsSync(join(dataDir, 'engine', 'store'))) {
    await using service = await PodmanService.start(engineFolders(dataDir, runDir));
    const api = new EngineApi(service.socket, () => service.ready());
    // The images go with the store.
    await progress.step('Containers', () => removeObjects(api, dataDir, false));
  }
  await progress.step('Data', async () => {
    await unmountBelow([dataDir, runDir]);
    await rm(runDir, { recursive: true, force: true });
    const names = await namesIn(dataDir);
    for (const name of names.filter((entry) => !(keep && entry === 'homes'))) {
      await rm(join(dataDir, name), { recursive: true, force: true });
    }
    if (!keep) await rm(dataDir, { recursive: true, force: true });
    return keep && homes.length > 0 ? `homes are still in ${join(dataDir, 'homes')}` : '';
  });
}

/** A wrong --data must not cost somebody a folder of theirs. */
async function mustBeOurs(dataDir: string): Promise<void> {
  const names = await namesIn(dataDir);
  const known = ['engine', 'homes', 'keys', 'cache', 'deskpod.db'].filter((name) => names.includes(name));
  if (names.length === 0 || known.length >= 2) return;
  // What an interrupted removal left.
  if (names.every((name) => name === 'homes' || name === 'engine')) return;
  throw new DeskpodError('conflict', `${dataDir} does not look like a data folder of Deskpod; nothing was removed.`, {
    remedy: 'Name the folder that the server was started with: --data FOLDER.',
  });
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

function homesQuestion(dataDir: string, homes: readonly string[]): string {
  const shown = homes.slice(0, 8).join(', ') + (homes.length > 8 ? ', …' : '');
  return `Delete the home folders of ${homes.length} users in ${join(dataDir, 'homes')} (${shown})? This cannot be undone.`;
}

async function removeObjects(api: EngineApi, dataDir: string, images: boolean): Promise<string> {
  const filters = labelFilter(instanceLabels(dataDir));
  const containers = await api.json(Containers, 'GET', '/containers/json', { query: { all: true, filters } });
  // What joined a desktop has to go before it.
  const isDesktop = ({ Labels }: { Labels: Record<string, string> }): number => Number(Labels['type'] === 'x11server');
  for (const { Id } of containers.toSorted((one, other) => isDesktop(one) - isDesktop(other))) {
    await gone(api.text('DELETE', `/containers/${Id}`, { query: { force: true, v: true } }));
  }
  const networks = await api.json(Networks, 'GET', '/networks', { query: { filters } });
  for (const { Id } of networks) await gone(api.text('DELETE', `/networks/${Id}`));
  if (images) {
    const ours = JSON.stringify({ label: ['deskpod.source'] });
    const found = await api.json(Images, 'GET', '/images/json', { query: { filters: ours } });
    // Latest first, as children came after their parents. Never by force: an image that another installation on this
    // engine uses stays, and so do that one's containers.
    for (const { Id, RepoTags } of found.toSorted((one, other) => other.Created - one.Created)) {
      const names = (RepoTags ?? []).filter((tag) => !tag.includes('<none>'));
      for (const name of names.length > 0 ? names : [Id]) {
        await gone(api.text('DELETE', `/images/${encodeURIComponent(name)}`));
      }
    }
  }
  return `${containers.length} removed`;
}

/** What is not there any more is as good as removed; a parent image goes with its last child. */
async function gone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isStatus(error, 404, 409)) throw error;
  }
}

/** A store that was killed leaves mounts in it, deepest last. */
async function unmountBelow(folders: readonly string[]): Promise<void> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const points = table.split('\n').map((line) => (line.split(' ')[1] ?? '').replaceAll('\\040', ' '));
  const below = points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)));
  for (const point of below.toReversed()) await run('umount', [point], () => undefined);
}
