/** Desktops: listed, and removed however much of them is left. */
import type { EngineDesktop } from '#domain/ports/engine.ts';
import type { Context } from '../context.ts';
import { removeFolders, removeLostHome } from './folders.ts';
import { ofDesktop } from '../pods/labels.ts';
import { removeNetwork } from './network.ts';
import { toDesktop } from '../pods/present.ts';
import { desktopPaths } from '../specs/paths.ts';
import { endProcesses, removeContainer } from '../host/processes.ts';

export async function listDesktops(context: Context): Promise<EngineDesktop[]> {
  const found = await context.objects.list({ type: 'x11server' });
  return found.map((one) => toDesktop(context, one));
}

/** Containers that joined others are removed first: an engine may refuse to remove a container that others joined. */
export async function removeDesktop(context: Context, id: string, signal: AbortSignal): Promise<void> {
  const all = await context.objects.list(ofDesktop(id));
  signal.throwIfAborted();
  const anchors = all.filter(({ type }) => type === 'x11server');
  const joined = all.filter(({ type }) => type !== 'x11server' && type !== 'pod_application');
  const beside = all.filter(({ type }) => type === 'pod_application');
  // All processes in the desktop's process namespace end with its process 1.
  await Promise.all(anchors.map(({ container }) => endProcesses(container.Id)));
  for (const group of [joined, beside, anchors]) {
    await Promise.all(group.map(({ container }) => removeContainer(context, container.Id)));
  }
  await removeNetwork(context, id);
  await removeFolders(desktopPaths(context.runDir, id));
  await removeLostHome(context.dataDir, id);
  await context.desktopCgroups.remove(id);
}
