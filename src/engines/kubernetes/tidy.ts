/** Timed work: removes what is overdue and what a killed server left half made. Safe in several servers at once. */
import { desktopsWithSecrets, removeSecretsOf } from './desktops/desktop-secrets.ts';
import { removeOwnedObjects } from './desktops/owned-objects.ts';
import type { Exclusive } from '../shared/exclusive.ts';
import { listPods, type Context } from './context.ts';
import { endForgottenToolboxes } from './debug/forgotten-toolboxes.ts';
import { isThere } from './pods/describe.ts';
import { removeOldPulls } from './images/images.ts';
import { endForgottenLaunch, runningForgotten } from './launches/remove.ts';
import { removePod } from './pods/removal.ts';

/** Secrets are made a moment before their pod. */
const HALF_MADE_MS = 120_000;
/** Its server gave up long ago. */
const NEVER_READY_MS = 15 * 60_000;

export async function tidy(context: Context, making: Exclusive): Promise<void> {
  const now = new Date();
  await removeOldPulls(context, now);
  for (const desktop of listPods(context, 'desktop')) {
    const { pod, account } = desktop;
    const { name, uid, creationTimestamp } = pod.metadata;
    const waited = now.getTime() - creationTimestamp.getTime();
    if (isThere(desktop) || making.has(name) || waited < NEVER_READY_MS) continue;
    await removePod(context, name, uid);
    await removeOwnedObjects(context, name, account);
  }
  for (const desktop of listPods(context, 'desktop'))
    for (const id of runningForgotten(desktop)) await endForgottenLaunch(context, id);
  await endForgottenToolboxes(context);
  for (const [id, { madeAt }] of await desktopsWithSecrets(context)) {
    const old = now.getTime() - madeAt.getTime() > HALF_MADE_MS;
    if (old && id !== '' && !making.has(id) && context.view.pod(id) === null) await removeSecretsOf(context, id);
  }
}
