/** The services of a desktop on one machine: where their sockets and secrets are, and what programs see of them. Pure. */
import { join } from 'node:path';
import type { ServiceName } from '#domain/ports/engine.ts';
import type { Environment } from '#protocol/app.ts';
import { bind, type Bind } from './mounts.ts';
import type { DesktopPaths } from './paths.ts';

export interface ServicePaths {
  /** What opens the service, mounted into its container only. */
  readonly secret: string;
  readonly secretFile: string;
  /** The folder of its sockets. */
  readonly folder: string;
  /** The name of its own socket in that folder. */
  readonly own: string;
  /** The socket that programs connect to: its own one, or one that starts it. Null: only the server connects. */
  readonly programs: string | null;
  /** The folder in its container and in those of programs. */
  readonly inside: string;
}

interface ServiceFacts {
  readonly secretFile: string;
  readonly own: string;
  readonly programs: string | null;
  readonly inside: string;
}

/** Where apps of the compatible system expect the sockets of sound and printing. */
const FACTS: Readonly<Record<ServiceName, ServiceFacts>> = {
  files: {
    secretFile: 'htpasswd',
    own: 'dav.sock',
    programs: null,
    inside: '/run/deskpod/files',
  },
  sound: {
    secretFile: 'pulse-cookie',
    own: 'own.sock',
    programs: 'pulse.sock',
    inside: '/tmp/.pulseaudio',
  },
  printer: {
    secretFile: 'queue',
    own: 'own.sock',
    programs: 'cups.sock',
    inside: '/tmp/.cupsd',
  },
  video: {
    secretFile: 'video-key',
    own: 'video.sock',
    programs: null,
    inside: '/run/deskpod/video',
  },
};
const SOUND_COOKIE = '/run/deskpod/pulse-cookie';

export function servicePaths({ root }: DesktopPaths, service: ServiceName): ServicePaths {
  const { secretFile, own, programs, inside } = FACTS[service];
  const secret = join(root, 'services', service);
  return { secret, secretFile: join(secret, secretFile), folder: join(root, service), own, programs, inside };
}

/** What programs of a desktop with these services see of them. */
export function serviceBinds(paths: DesktopPaths, services: readonly ServiceName[]): Bind[] {
  return services.flatMap((service) => {
    const { folder, programs, inside, secretFile } = servicePaths(paths, service);
    if (programs === null) return [];
    return [bind(folder, inside, 'ro'), ...(service === 'sound' ? [bind(secretFile, SOUND_COOKIE, 'ro')] : [])];
  });
}

export function serviceVariables(services: readonly ServiceName[], printQueue: string): Environment {
  const at = (service: ServiceName): string => `${FACTS[service].inside}/${FACTS[service].programs ?? ''}`;
  return {
    ...(services.includes('sound') ? { PULSE_SERVER: `unix:${at('sound')}`, PULSE_COOKIE: SOUND_COOKIE } : {}),
    ...(services.includes('printer') ? { CUPS_SERVER: at('printer'), PRINTER: printQueue } : {}),
  };
}
