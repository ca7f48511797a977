/** A copy of a launch beside the desktop, with changes. The original is not touched. */
import type { CopySpec } from '#domain/ports/debug-engine.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { findLaunch, type Context } from '../context.ts';
import { launch } from '../launches/launches.ts';

/** A container has one process namespace and there is one node, so neither option changes anything. */
export async function copy(context: Context, spec: CopySpec, signal: AbortSignal): Promise<EngineLaunch> {
  const { desktopId, labels } = spec.launch;
  const original = await findLaunch(context, spec.of, signal);
  if (original?.desktopId !== desktopId) {
    throw new DeskpodError('not_found', `There is no launch ${spec.of} in the desktop ${desktopId}.`);
  }
  return launch(context, { ...spec.launch, labels: { ...labels, 'deskpod/copy-of': spec.of } }, signal);
}
