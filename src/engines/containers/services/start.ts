/** Starts the container of a service, and waits until it accepts connections. */
import { watch } from 'node:fs';
import { z } from 'zod';
import type { ImageInfo, ServiceName } from '#domain/ports/engine.ts';
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
import { serviceBody, serviceImage } from '../specs/service-spec.ts';

export interface ServiceImages {
  find(reference: string): Promise<ImageInfo | null>;
  /** Begins to build it unless it's up to date; returns at once. */
  prepare(reference: string): void;
}

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
  signal: AbortSignal,
): Promise<OwnedContainer> {
  const desktop = await runningDesktop(context, desktopId, signal);
  const { folder, own } = servicePaths(desktop.paths, service);
  const answers = (): Promise<void> => acceptsConnections(folder, own, desktop.account.uid, signal);
  const former = await findService(context, desktopId, service);
  if (former !== null && isRunning(former.container)) {
    await answers();
    return former;
  }
  if (former !== null) await removeContainer(context, former.container.Id);
  await requireImage(images, service);
  await using undo = new AsyncDisposableStack();
  try {
    const labels = serviceLabels(context.instance, service, desktopId, desktop.account);
    const body = serviceBody(service, { ...desktop, timezone: desktop.inherited['TZ'] }, labels, context.settings);
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
  }
}

async function requireImage(images: ServiceImages, service: ServiceName): Promise<void> {
  if ((await images.find(serviceImage(service))) !== null) return;
  images.prepare(serviceImage(service));
  throw new DeskpodError('service_unavailable', `The image of the service “${service}” is being built.`, {
    remedy: 'Try again in a minute. The server’s log has the reason if this lasts.',
  });
}

async function endsEarly(context: Context, containerId: string, signal: AbortSignal): Promise<never> {
  await waitForEnd(context, containerId, signal);
  throw new Error((await lastWords(context, containerId)) || 'it ended without a message.');
}

/** By events of the folder instead of polling. */
async function acceptsConnections(folder: string, name: string, uid: number, signal: AbortSignal): Promise<void> {
  let again: NodeJS.Timeout | undefined;
  const subscribe = (changed: () => void): (() => void) => {
    const watcher = watch(folder, changed);
    watcher.on('error', ignore('the signal ends the wait'));
    again = setInterval(changed, REFUSED_RETRY_MS);
    return () => {
      watcher.close();
      clearInterval(again);
    };
  };
  await until(
    subscribe,
    async () => {
      const socket = await connectSocket(`${folder}/${name}`, uid, signal).catch(ignore('it is not there yet', null));
      socket?.destroy();
      return socket === null ? undefined : true;
    },
    signal,
  );
}
