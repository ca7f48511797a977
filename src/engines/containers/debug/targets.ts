/** Resolves targets: a desktop, a launch, a toolbox, or a foreign container that joined one of these. */
import type { Target } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { findDesktop, findLaunch, type Context } from '../context.ts';
import { nameOf, type Container, type OwnedContainer } from '../pods/describe.ts';
import { foreignOf } from './foreign.ts';

/** The name of the desktop's own container, as on Kubernetes. */
export const ANCHOR = 'graphical';

/** Names of launches and desktops contain no dot, so a toolbox's never conflicts with them. */
export function toolboxObject(desktopId: string, name: string): string {
  return `${desktopId}.${name}`;
}

export async function findToolbox(context: Context, desktopId: string, name: string): Promise<OwnedContainer | null> {
  const found = await context.objects.find(toolboxObject(desktopId, name));
  return found?.type === 'toolbox' && found.desktopId === desktopId ? found : null;
}

/** An own container; `not_found` when there is none. */
export async function findTarget(
  context: Context,
  { desktopId, launchId, container }: Target,
): Promise<OwnedContainer> {
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

/** As `findTarget`, including foreign ones. `user` is the user of commands, null for the container's own. */
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
