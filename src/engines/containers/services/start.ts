/** Starts the container of a service, and waits until it accepts connections. */
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ServiceName } from '#domain/ports/engine.ts';
import { until } from '#domain/deadlines.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { Context } from '../context.ts';
import { lastWords } from '../exec/logs.ts';
import { connectSocket } from '../host/connect-socket.ts';
import { removeContainer } from '../host/processes.ts';
import { runningDesktop } from '../launches/launches.ts';
import { isRunning, type OwnedContainer } from '../pods/describe.ts';
import { serviceLabels } from '../pods/labels.ts';
import { waitForEnd } from '../pods/wait-for-end.ts';
import { servicePaths } from '../specs/service-mounts.ts';
import { serviceBody } from '../specs/service-spec.ts';
import type { ServiceImages } from './images.ts';

const Created = z.looseObject({ Id: z.string() });
/** A socket file appears a moment before its server listens, which no event reports. */
const REFUSED_RETRY_MS = 10;

/** Names of launches end in five hexadecimal digits, so none is called like this. */
function objectName(desktopId: string, service: ServiceName): string {
  return `${desktopId}-${service}`;
}

export async function findService(
  context: Context,
  desktopId: string,
  service: ServiceName,
): Promise<OwnedContainer | null> {
  const found = await context.objects.find(objectName(desktopId, service));
  return found?.type === 'service' && found.desktopId === desktopId ? found : null;
}

/** Finds it if it runs already. `service_unavailable` if it doesn't start. */
export async function startService(
  context: Context,
  images: ServiceImages,
  desktopId: string,
  service: ServiceName,
  outer: AbortSignal,
): Promise<OwnedContainer> {
  // Ends what still waits for the other outcome.
  const settled = new AbortController();
  const signal = AbortSignal.any([outer, settled.signal]);
  const desktop = await runningDesktop(context, desktopId, signal);
  const { folder, own } = servicePaths(desktop.paths, service);
  const answers = (): Promise<void> => acceptsConnections(folder, own, desktop.account.uid, signal);
  const former = await findService(context, desktopId, service);
  if (former !== null && isRunning(former.container)) {
    await answers();
    return former;
  }
  if (former !== null) await removeContainer(context, former.container.Id);
  await images.require(service);
  await using undo = new AsyncDisposableStack();
  try {
    const labels = serviceLabels(context.instance, service, desktopId, desktop.account);
    const body = serviceBody(service, desktop, labels, context.settings);
    const query = { name: objectName(desktopId, service) };
    const { Id } = await context.api.json(Created, 'POST', '/containers/create', { query, body });
    undo.defer(() => removeContainer(context, Id));
    await context.api.text('POST', `/containers/${Id}/start`);
    await Promise.race([answers(), endsEarly(context, Id, signal)]);
    const started = await findService(context, desktopId, service);
    if (started === null) throw new DeskpodError('conflict', 'It was removed while it started.');
    undo.move();
    return started;
  } catch (cause) {
    throw new DeskpodError('service_unavailable', `The service “${service}” doesn't start: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    settled.abort();
  }
}

async function endsEarly(context: Context, containerId: string, signal: AbortSignal): Promise<never> {
  await waitForEnd(context, containerId, signal);
  throw new Error((await lastWords(context, containerId)) || 'it ended without a message.');
}

/** Events of the folder report the socket; only its first moments, in which it refuses connections, are polled. */
async function acceptsConnections(folder: string, name: string, uid: number, signal: AbortSignal): Promise<void> {
  const path = join(folder, name);
  let again: NodeJS.Timeout | undefined;
  let look = (): void => {};
  const subscribe = (changed: () => void): (() => void) => {
    look = changed;
    const watcher = watch(folder, changed);
    watcher.on('error', ignore('the signal ends the wait'));
    return () => {
      watcher.close();
      clearTimeout(again);
      look = () => {};
    };
  };
  const accepts = async (): Promise<true | undefined> => {
    const socket = await connectSocket(path, uid, signal).catch(ignore('it is not there yet', null));
    socket?.destroy();
    if (socket !== null) return true;
    clearTimeout(again);
    if (existsSync(path)) again = setTimeout(() => look(), REFUSED_RETRY_MS);
    return undefined;
  };
  await until(subscribe, accepts, signal);
}
