/** The terminal of a toolbox, for anyone who comes: leaving it ends nothing. */
import { stringify } from 'node:querystring';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecSession } from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { openChannels } from '../channels.ts';
import type { Context } from '../context.ts';
import { type Place, toolboxPlace } from '../places.ts';
import { statusOf } from '../pod.ts';

const EXIT_TIMEOUT_MS = 5_000;
/** A node that says nothing is taken at its word: what it prints until then may be heard from the log alone. */
const TAKEN_TIMEOUT_MS = 2_000;

/** `not_found`, or `conflict` with how it ended. */
export async function attach(
  context: Context,
  desktopId: string,
  name: string,
  signal: AbortSignal,
): Promise<ExecSession> {
  const place = toolboxPlace(context, desktopId, name);
  if (place === null) throw new DeskpodError('not_found', `There is no toolbox ${name} in the desktop ${desktopId}.`);
  refuseEnded(place);
  const { namespace, api } = context;
  const pod = place.found.pod.metadata.name;
  const query = stringify({ container: name, stdin: true, stdout: true, tty: true });
  const channels = await openChannels(api, `/api/v1/namespaces/${namespace}/pods/${pod}/attach?${query}`, signal);
  await Promise.race([channels.taken, channels.end, delay(TAKEN_TIMEOUT_MS, undefined, { ref: false })]);
  // The end of an attachment says nothing of the program's.
  const exitCode = channels.end.then(({ left }) => (left ? exitNow(context, place) : exitSoon(context, place)));
  return { stream: channels.stream, resize: (size) => channels.resize(size), exitCode };
}

function refuseEnded({ found, container }: Place): void {
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

function exitNow({ view }: Context, { found, container }: Place): number | null {
  const pod = view.pod(found.pod.metadata.name);
  return (pod && statusOf(pod, container)?.state?.terminated?.exitCode) ?? null;
}

/** The cluster notices a moment after the kernel. */
async function exitSoon(context: Context, place: Place): Promise<number | null> {
  const patience = AbortSignal.timeout(EXIT_TIMEOUT_MS);
  const name = place.found.pod.metadata.name;
  const gone = { exitCode: null };
  const look = (pod: unknown) => {
    const exitCode = exitNow(context, place);
    return pod === null ? gone : exitCode === null ? null : { exitCode };
  };
  return context.view.until<{ exitCode: number | null }>(name, look, patience).then(
    ({ exitCode }) => exitCode,
    () => null,
  );
}
