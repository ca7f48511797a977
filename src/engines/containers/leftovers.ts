/** What a server that was killed left half made or half removed: found when an engine opens, and cleared away. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { endForgotten } from './exec.ts';
import { removeFolders } from './folders.ts';
import { anchorOf, type Labels } from './labels.ts';
import { removeNetwork } from './network.ts';
import { isLaunch, isRunning, nameOf, wasStarted } from './objects.ts';
import { desktopPaths } from './paths.ts';
import { removeContainer } from './processes.ts';

/** Containers that never started, launches and toolboxes without their desktop, networks and folders without either; terminals. */
export async function clearLeftovers(context: Context): Promise<void> {
  for (const { id } of await context.objects.remnants()) await removeContainer(context, id);
  const all = await context.objects.list();
  // Podman calls those created, too, that a power cut ended: they are told as ended, not cleared away.
  const halfMade = all.filter(({ container }) => !isRunning(container) && !wasStarted(container));
  const desktops = new Set(
    all.filter((one) => one.type === 'x11server' && !halfMade.includes(one)).map(({ container }) => nameOf(container)),
  );
  const orphans = all.filter((one) => one.type !== 'x11server' && !desktops.has(one.desktopId));
  const others = new Set([...halfMade.filter(({ type }) => type !== 'x11server'), ...orphans]);
  // What may have joined another one comes first.
  const [toolboxes, launches] = [[...others].filter(({ type }) => type === 'toolbox'), [...others].filter(isLaunch)];
  for (const group of [toolboxes, launches]) {
    await Promise.all(group.map(({ container }) => removeContainer(context, container.Id)));
  }
  const anchors = halfMade.filter(({ type }) => type === 'x11server');
  await Promise.all(anchors.map(({ container }) => removeContainer(context, container.Id)));
  await Promise.all(all.map(({ container }) => endForgotten(context, container)));
  const networks = await context.objects.networks();
  const owners = networks.map(({ labels }) => labels['deskpod/desktop']).filter((id) => id !== undefined);
  const folders = await readdir(join(context.runDir, 'desktops')).catch(() => []);
  await Promise.all(owners.filter((id) => !desktops.has(id)).map((id) => removeNetwork(context, id)));
  await Promise.all(
    folders.filter((id) => !desktops.has(id)).map((id) => removeFolders(desktopPaths(context.runDir, id))),
  );
}

/** Removals that were cut short while this server runs: by an engine that died, or that gave up. */
export class CutShort {
  readonly #context: Context;
  #seen: ReadonlySet<string> = new Set();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Those that were so the last time, too. */
  async finish(): Promise<void> {
    const remnants = await this.#context.objects.remnants();
    const before = this.#seen;
    this.#seen = new Set(remnants.map(({ id }) => id));
    for (const { id, labels } of remnants) if (before.has(id)) await this.#remove(id, labels);
  }

  async #remove(id: string, labels: Labels): Promise<void> {
    await removeContainer(this.#context, id);
    const desktopId = anchorOf(labels);
    if (desktopId === null) return;
    await removeNetwork(this.#context, desktopId);
    await removeFolders(desktopPaths(this.#context.runDir, desktopId));
  }
}
