/** Timed work: what has had its time goes, and what a killed server left half made. Safe in several servers at once. */
import { desktopsWithSecrets, removeBelongings, removeSecretsOf } from './belongings.ts';
import { allOf, type Context } from './context.ts';
import { endGivenUp } from './debug/give-up.ts';
import { isThere } from './describe.ts';
import { removeOldPulls } from './images.ts';
import { endForgotten, forgottenThatRun } from './launches.ts';
import { removePod } from './removal.ts';

/** Secrets are made a moment before their pod. */
const HALF_MADE_MS = 120_000;
/** Whoever made it has given it up long ago. */
const NEVER_READY_MS = 15 * 60_000;

export async function tidy(context: Context, making: ReadonlySet<string>): Promise<void> {
  const now = new Date();
  await removeOldPulls(context, now);
  for (const desktop of allOf(context, 'desktop')) {
    const { pod, account } = desktop;
    const { name, uid, creationTimestamp } = pod.metadata;
    const waited = now.getTime() - creationTimestamp.getTime();
    if (isThere(desktop) || making.has(name) || waited < NEVER_READY_MS) continue;
    await removePod(context, name, uid);
    await removeBelongings(context, name, account);
  }
  for (const desktop of allOf(context, 'desktop'))
    for (const id of forgottenThatRun(desktop)) await endForgotten(context, id);
  await endGivenUp(context);
  for (const [id, { madeAt }] of await desktopsWithSecrets(context)) {
    const old = now.getTime() - madeAt.getTime() > HALF_MADE_MS;
    if (old && id !== '' && !making.has(id) && context.view.pod(id) === null) await removeSecretsOf(context, id);
  }
}
