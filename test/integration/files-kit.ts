/** The files service in its real image, over a home folder of its own. */
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import type { Endpoint } from '#domain/ports/engine.ts';
import { appears, Services } from './service-kit.ts';

export const PASSWORD = 'open sesame';
const PORT = 29783;

export interface FilesService extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** On this machine. */
  readonly home: string;
}

export async function filesService(): Promise<FilesService> {
  const services = await Services.open(['files']);
  const home = services.volume('home');
  const hash = createHash('sha1').update(PASSWORD).digest('base64');
  const service = await services.start('files', {
    env: { HOME: '/home/hermes' },
    mounts: {
      '/home/hermes': home,
      '/tmp': services.volume('tmp'),
      '/run/deskpod/secret': services.secret('htpasswd', `deskpod:{SHA}${hash}\n`),
    },
  });
  const host = await service.address();
  await appears(async () => ((await listens(host)) ? true : null), `port ${PORT}`);
  return { endpoint: { host, port: PORT }, home, [Symbol.asyncDispose]: () => services[Symbol.asyncDispose]() };
}

function listens(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host, port: PORT });
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
}
