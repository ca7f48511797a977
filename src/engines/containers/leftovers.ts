/** What a server that was killed left half made or half removed: found when an engine opens, and cleared away. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { endForgotten } from './exec.ts';
import { removeFolders } from './folders.ts';
import { removeNetwork } from './network.ts';
import { isLaunch, isRunning, nameOf, wasStarted } from './objects.ts';
import { desktopPaths } from './paths.ts';
import { removeContainer } from './processes.ts';

/** Containers that never started, launches and toolboxes without their desktop, networks and folders without either; terminals. */
export async function clearLeftovers(context: Context): Promise<void> {
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
