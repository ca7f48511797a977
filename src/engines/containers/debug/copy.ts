/** A launch again, beside the desktop, with what its debugger changed. The original is not touched. */
import type { CopySpec } from '#domain/debug/engine.ts';
import type { EngineLaunch } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { findLaunch, type Context } from '../context.ts';
import { launch } from '../launches.ts';

/** One container has all its processes in one namespace, and there is one node: neither wish needs anything. */
export async function copy(context: Context, spec: CopySpec, signal: AbortSignal): Promise<EngineLaunch> {
  const { desktopId, labels } = spec.launch;
  const original = await findLaunch(context, spec.of, signal);
  if (original?.desktopId !== desktopId) {
    throw new DeskpodError('not_found', `There is no launch ${spec.of} in the desktop ${desktopId}.`);
  }
  return launch(context, { ...spec.launch, labels: { ...labels, 'deskpod/copy-of': spec.of } }, signal);
}
