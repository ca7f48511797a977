/**
 * How a launch reaches its desktop's display, and the rule on which everything depends: a local X connection and the
 * desktop's IPC namespace always go together (see docs/troubleshooting.md). On Kubernetes, containers of one pod
 * share it and those of two pods never do; so the volume of the X socket belongs to the desktop's pod, and only
 * containers of that pod may mount it. There are only the two types below, and no other file names that volume.
 */
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { Runtime } from '#protocol/app.ts';

declare const local: unique symbol;

/** Mounts that exist only in the desktop's pod. */
type LocalMounts = readonly V1VolumeMount[] & { readonly [local]: 'of the desktop pod' };

export type Wiring =
  | {
      readonly connection: 'local';
      readonly display: ':0';
      readonly mounts: LocalMounts;
      readonly pulseServer: string;
      readonly cupsServer: string;
    }
  | {
      readonly connection: 'remote';
      readonly display: `${string}:0`;
      readonly mounts: readonly [];
      readonly pulseServer: string;
      readonly cupsServer: string;
    };

const SOCKET = 'x11socket';
const SHARED_MEMORY = 'shm';
const MOUNTS = [
  { name: SOCKET, mountPath: '/tmp/.X11-unix' },
  { name: SHARED_MEMORY, mountPath: '/dev/shm' },
];

/** `address` is the desktop pod's. */
export function wiringOf(runtime: Runtime, address: string, ports: { sound: number; printer: number }): Wiring {
  switch (runtime) {
    case 'ephemeral_container':
      return {
        connection: 'local',
        display: ':0',
        mounts: localMounts(),
        pulseServer: 'unix:/tmp/.pulseaudio/pulse.sock',
        cupsServer: '/tmp/.cupsd/cups.sock',
      };
    case 'pod_application': {
      const host = address.includes(':') ? `[${address}]` : address;
      return {
        connection: 'remote',
        display: `${host}:0`,
        mounts: [],
        pulseServer: `${host}:${ports.sound}`,
        cupsServer: `${host}:${ports.printer}`,
      };
    }
    default:
      return runtime satisfies never;
  }
}

/** For the display's own container and those that join it. */
export function localMounts(): LocalMounts {
  const mounts: readonly V1VolumeMount[] = MOUNTS;
  return branded(mounts);
}

function branded(mounts: readonly V1VolumeMount[]): LocalMounts {
  // The type's brand is given only here.
  return mounts as LocalMounts;
}

/** Both in memory: a socket has no size, and memory that programs share with the screen belongs on no disk. */
export function localVolumes(shmBytes: number): V1Volume[] {
  return [
    { name: SOCKET, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
    { name: SHARED_MEMORY, emptyDir: { medium: 'Memory', sizeLimit: String(shmBytes) } },
  ];
}
