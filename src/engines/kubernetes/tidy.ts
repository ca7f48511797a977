/** Timed work: what has had its time goes, and what a killed server left half made. Safe in several servers at once. */
import { desktopsWithSecrets, removeSecretsOf } from './belongings.ts';
import { allOf, type Context } from './context.ts';
import { removeOldPulls } from './images.ts';
import { endForgotten, forgottenThatRun } from './launches.ts';

/** Secrets are made a moment before their pod. */
const HALF_MADE_MS = 120_000;

export async function tidy(context: Context, making: ReadonlySet<string>): Promise<void> {
  const now = new Date();
  await removeOldPulls(context, now);
  for (const desktop of allOf(context, 'desktop'))
    for (const id of forgottenThatRun(desktop)) await endForgotten(context, id);
  for (const [id, { madeAt }] of await desktopsWithSecrets(context)) {
    const old = now.getTime() - madeAt.getTime() > HALF_MADE_MS;
    if (old && id !== '' && !making.has(id) && context.view.pod(id) === null) await removeSecretsOf(context, id);
  }
}
