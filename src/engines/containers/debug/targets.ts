/** What is looked into or talked to: a desktop, a launch, a toolbox, or what others have joined to one of these. */
import type { Target } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { findDesktop, findLaunch, type Context } from '../context.ts';
import { nameOf, type Container, type Ours } from '../objects.ts';
import { foreignOf } from './foreign.ts';

/** The desktop's own container, by the name that it has in a cluster's words. */
export const ANCHOR = 'graphical';

/** Names of launches and desktops have no dot: a toolbox takes no name from them. */
export function toolboxObject(desktopId: string, name: string): string {
  return `${desktopId}.${name}`;
}

export async function findToolbox(context: Context, desktopId: string, name: string): Promise<Ours | null> {
  const found = await context.objects.find(toolboxObject(desktopId, name));
  return found?.type === 'toolbox' && found.desktopId === desktopId ? found : null;
}

/** One of ours; `not_found` else. */
export async function findTarget(context: Context, { desktopId, launchId, container }: Target): Promise<Ours> {
  if (container !== undefined && container !== ANCHOR) {
    const found = await findToolbox(context, desktopId, container);
    if (found) return found;
    throw new DeskpodError('not_found', `There is no container ${container} in the desktop ${desktopId}.`);
  }
  if (container === ANCHOR || launchId === undefined) return findDesktop(context, desktopId);
  const found = await findLaunch(context, launchId);
  if (found?.desktopId === desktopId) return found;
  throw new DeskpodError('not_found', `There is no launch ${launchId} in the desktop ${desktopId}.`);
}

/** As `findTarget`, those of others too; `user` is who commands run as, null for whoever the container runs as. */
export async function findContainer(
  context: Context,
  target: Target,
): Promise<{ readonly container: Container; readonly user: string | null }> {
  try {
    const { container, type, account } = await findTarget(context, target);
    return { container, user: type === 'toolbox' ? null : `${account.uid}:${account.gid}` };
  } catch (error) {
    if (target.container === undefined || !(error instanceof DeskpodError)) throw error;
    const others = await foreignOf(context, target.desktopId);
    const found = others.find(({ container }) => nameOf(container) === target.container);
    if (!found) throw error;
    return { container: found.container, user: null };
  }
}
