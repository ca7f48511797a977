/** Attaching to the terminal of a toolbox. Detaching ends nothing. */
import { stringify } from 'node:querystring';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { waitAtMost } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { openChannels } from '../exec/channels.ts';
import type { Context } from '../context.ts';
import { type ContainerTarget, findToolbox } from '../pods/targets.ts';
import { statusOf } from '../cluster/pod.ts';

const EXIT_TIMEOUT_MS = 5_000;
/** A silent node counts as attached after this time; earlier output may be in the log alone. */
const TAKEN_TIMEOUT_MS = 2_000;

/** `not_found`, or `conflict` with how it ended. */
export async function attach(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<ExecSession> {
  const target = findToolbox(context, desktopId, name);
  if (target === null) throw new DeskpodError('not_found', `There is no toolbox ${name} in the desktop ${desktopId}.`);
  refuseEnded(target);
  const { namespace, api } = context;
  const pod = target.found.pod.metadata.name;
  const query = stringify({ container: name, stdin: true, stdout: true, tty: true });
  const channels = await openChannels(api, `/api/v1/namespaces/${namespace}/pods/${pod}/attach?${query}`, signal);
  await waitAtMost(TAKEN_TIMEOUT_MS, Promise.race([channels.accepted, channels.end]), undefined);
  // The attachment may end without the program.
  const exitCode = channels.end.then(({ left }) => (left ? exitNow(context, target) : exitSoon(context, target)));
  return { stream: channels.stream, stderr: null, resize: (size) => channels.resize(size), exitCode };
}

/** @throws DeskpodError `conflict` when it does not run, with how it ended. */
export function refuseEnded({ found, container }: ContainerTarget): void {
  const state = statusOf(found.pod, container)?.state;
  const ended = state?.terminated;
  if (ended) {
    const reason = ended.reason ? ` (${ended.reason})` : '';
    throw new DeskpodError('conflict', `${container} has ended with exit code ${ended.exitCode}${reason}.`, {
      remedy: 'Its log is kept.',
    });
  }
  if (!state?.running)
    throw new DeskpodError('conflict', `${container} does not run yet: ${state?.waiting?.reason ?? 'it waits'}.`);
}

function exitNow({ view }: Context, { found, container }: ContainerTarget): number | null {
  const pod = view.pod(found.pod.metadata.name);
  return (pod && statusOf(pod, container)?.state?.terminated?.exitCode) ?? null;
}

/** The cluster notices a moment after the kernel. */
async function exitSoon(context: Context, target: ContainerTarget): Promise<number | null> {
  const timeout = AbortSignal.timeout(EXIT_TIMEOUT_MS);
  const name = target.found.pod.metadata.name;
  const gone = { exitCode: null };
  const check = (pod: unknown) => {
    const exitCode = exitNow(context, target);
    return pod === null ? gone : exitCode === null ? null : { exitCode };
  };
  return context.view.until<{ exitCode: number | null }>(name, check, timeout).then(
    ({ exitCode }) => exitCode,
    () => null,
  );
}
