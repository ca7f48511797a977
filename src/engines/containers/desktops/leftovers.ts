/** Cleaning up when an engine opens: what a killed server left half created or half removed. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import { endForgotten } from '../exec/exec.ts';
import { clearFirewall } from '#containers-client/firewall.ts';
import { removeFolders, removeLostHome } from './folders.ts';
import { anchorOf, type Labels } from '../pods/labels.ts';
import { removeNetwork } from './network.ts';
import { isLaunch, isRunning, nameOf, wasStarted } from '../pods/describe.ts';
import { desktopPaths, lostHomes } from '../specs/paths.ts';
import { removeContainer } from '../host/processes.ts';
import { ignore } from '#protocol/ignore.ts';
import { SeenTwice } from '#domain/seen-twice.ts';

/**
 * Containers that never started, launches and toolboxes without a desktop, orphaned networks, folders, guests' homes
 * and commands.
 */
export async function clearLeftovers(context: Context): Promise<void> {
  for (const { id } of await context.objects.remnants()) await removeContainer(context, id);
  const all = await context.objects.list();
  // After a power cut Podman calls ended containers created: those are kept, as ended.
  const halfMade = all.filter(({ container }) => !isRunning(container) && !wasStarted(container));
  const desktops = new Set(
    all.filter((one) => one.type === 'x11server' && !halfMade.includes(one)).map(({ container }) => nameOf(container)),
  );
  const orphans = all.filter((one) => one.type !== 'x11server' && !desktops.has(one.desktopId));
  const others = new Set([...halfMade.filter(({ type }) => type !== 'x11server'), ...orphans]);
  // Containers that may have joined others first.
  const [launches, beside] = [[...others].filter(isLaunch), [...others].filter((one) => !isLaunch(one))];
  for (const group of [beside, launches]) {
    await Promise.all(group.map(({ container }) => removeContainer(context, container.Id)));
  }
  const anchors = halfMade.filter(({ type }) => type === 'x11server');
  await Promise.all(anchors.map(({ container }) => removeContainer(context, container.Id)));
  await Promise.all(all.map(({ container }) => endForgotten(context, container)));
  const networks = await context.objects.networks();
  const owners = networks.map(({ labels }) => labels['deskpod/desktop']).filter((id) => id !== undefined);
  const folders = await readdir(join(context.runDir, 'desktops')).catch(ignore('no desktop was ever made', []));
  await Promise.all(owners.filter((id) => !desktops.has(id)).map((id) => removeNetwork(context, id)));
  await Promise.all(
    folders.filter((id) => !desktops.has(id)).map((id) => removeFolders(desktopPaths(context.runDir, id))),
  );
  const homes = await readdir(lostHomes(context.dataDir)).catch(ignore('no guest ever had a desktop', []));
  await Promise.all(homes.filter((id) => !desktops.has(id)).map((id) => removeLostHome(context.dataDir, id)));
  if (context.settings.flavour === 'podman') await clearFirewall();
}

/** Removals that were interrupted while this server runs, by an engine that died or gave up. */
export class CutShort {
  readonly #context: Context;
  readonly #remnants = new SeenTwice();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Finishes those that were already interrupted at the previous call. */
  async finish(): Promise<void> {
    const remnants = await this.#context.objects.remnants();
    const interrupted = this.#remnants.again(remnants.map(({ id }) => id));
    for (const { id, labels } of remnants) if (interrupted.has(id)) await this.#remove(id, labels);
  }

  async #remove(id: string, labels: Labels): Promise<void> {
    await removeContainer(this.#context, id);
    const desktopId = anchorOf(labels);
    if (desktopId === null) return;
    await this.#context.desktopCgroups.remove(desktopId);
    await removeNetwork(this.#context, desktopId);
    await removeFolders(desktopPaths(this.#context.runDir, desktopId));
    await removeLostHome(this.#context.dataDir, desktopId);
  }
}
