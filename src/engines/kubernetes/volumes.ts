/**
 * The volumes of desktop and app pods, by the compatible system's names. Ephemeral containers can only mount what their
 * pod has had from the start, and no single file of it (`subPath` is forbidden), so every secret is a folder.
 */
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { HomesConfig } from '#config/config.ts';
import type { Account } from '#domain/engine.ts';
import { loginName } from '#domain/names.ts';
import { claimName } from './homes.ts';
import { homeVolume, secretName } from './names.ts';
import { CONTAINERS, type ServiceName } from './ports.ts';
import { localVolumes } from './wiring.ts';

export const INSIDE = {
  /** Of a service: its own credential. */
  secret: '/run/deskpod/secret',
  /** Of a launch: what opens the display and the sound. */
  access: '/run/deskpod',
  tmp: '/tmp',
} as const;

const SCRATCH = '1Gi';
const SMALL = '8Mi';
/** Readable by the user through the pod's group, and by nobody else. */
const GROUP_READS = 0o440;
const ALL_READ = 0o444;

export function homeFolder(account: Account): string {
  return `/home/${loginName(account.userId)}`;
}

/** Of the desktop's pod: all that its services and launches will ever mount. */
export function desktopVolumes(
  account: Account,
  homes: HomesConfig,
  shmBytes: number,
  services: readonly ServiceName[],
): V1Volume[] {
  return [
    home(account, homes),
    ...localVolumes(shmBytes),
    { name: 'tmp', emptyDir: { sizeLimit: SCRATCH } },
    ...['run', 'log', 'rundbus', 'runuser', 'pulseaudiosocket', 'cupsdsocket'].map((name) => ({
      name,
      emptyDir: { medium: 'Memory', sizeLimit: SMALL },
    })),
    ...services.map((name) => ({ name: `tmp-${CONTAINERS[name]}`, emptyDir: { sizeLimit: SCRATCH } })),
    ...accounts(account),
    access(account),
    credential('graphical', [
      { name: secretName('vnc', account.userId), keys: ['vncpasswd'] },
      { name: secretName('x11', account.userId), keys: ['Xauthority'] },
    ]),
    credential('files', [{ name: secretName('services', account.userId), keys: ['htpasswd'] }]),
    credential('sound', [{ name: secretName('x11', account.userId), keys: ['pulse-cookie'] }]),
    credential('printer', [{ name: secretName('services', account.userId), keys: ['queue'] }]),
  ];
}

/** Of an app's own pod: nothing of the desktop but home, accounts and what opens its display. */
export function appVolumes(account: Account, homes: HomesConfig): V1Volume[] {
  return [
    home(account, homes),
    { name: 'tmp', emptyDir: { sizeLimit: SCRATCH } },
    ...accounts(account),
    access(account),
  ];
}

export function homeMount(account: Account): V1VolumeMount {
  return { name: homeVolume(account.userId), mountPath: homeFolder(account) };
}

export function accountMounts(account: Account): V1VolumeMount[] {
  return [
    { name: accountVolume(account), mountPath: '/etc/localaccount', readOnly: true },
    { name: 'extrausers', mountPath: '/var/lib/extrausers', readOnly: true },
  ];
}

export const TMP_MOUNT: V1VolumeMount = { name: 'tmp', mountPath: INSIDE.tmp };
export const ACCESS_MOUNT: V1VolumeMount = { name: 'access', mountPath: INSIDE.access, readOnly: true };

/** Folders that programs of the compatible system expect, shared within the desktop. */
export const SHARED_MOUNTS: readonly V1VolumeMount[] = [
  TMP_MOUNT,
  { name: 'run', mountPath: '/var/run/desktop' },
  { name: 'log', mountPath: '/var/log/desktop' },
  { name: 'rundbus', mountPath: '/var/run/dbus' },
  { name: 'runuser', mountPath: '/run/user' },
  { name: 'pulseaudiosocket', mountPath: '/tmp/.pulseaudio' },
  { name: 'cupsdsocket', mountPath: '/tmp/.cupsd' },
];

/** Of a service beside the screen: temporary files are its own, only its socket is shared. */
export function serviceMounts(service: ServiceName): V1VolumeMount[] {
  const sockets = SHARED_MOUNTS.filter(({ name }) => name === SOCKETS[service]);
  return [{ name: `tmp-${CONTAINERS[service]}`, mountPath: INSIDE.tmp }, ...sockets];
}

const SOCKETS: Partial<Record<ServiceName, string>> = { sound: 'pulseaudiosocket', printer: 'cupsdsocket' };

export function credentialMount(service: ServiceName): V1VolumeMount {
  return { name: `secret-${CONTAINERS[service]}`, mountPath: INSIDE.secret, readOnly: true };
}

function home(account: Account, homes: HomesConfig): V1Volume {
  const name = homeVolume(account.userId);
  switch (homes.kind) {
    case 'none':
      return { name, emptyDir: {} };
    case 'hostPath':
      return { name, hostPath: { path: `${homes.root}/${loginName(account.userId)}`, type: 'DirectoryOrCreate' } };
    case 'persistentVolumeClaim':
      return { name, persistentVolumeClaim: { claimName: claimName(homes, account) } };
    default:
      return homes satisfies never;
  }
}

function accountVolume(account: Account): string {
  return secretName('localaccount', account.userId);
}

/** Twice: where images of the compatible system link to, and where libnss-extrausers looks. */
function accounts(account: Account): V1Volume[] {
  const secret = { secretName: secretName('localaccount', account.userId), defaultMode: ALL_READ };
  return [
    { name: accountVolume(account), secret },
    { name: 'extrausers', secret },
  ];
}

function access(account: Account): V1Volume {
  const items = ['Xauthority', 'pulse-cookie'].map((key) => ({ key, path: key }));
  return {
    name: 'access',
    secret: { secretName: secretName('x11', account.userId), defaultMode: GROUP_READS, items },
  };
}

function credential(service: ServiceName, parts: readonly { name: string; keys: readonly string[] }[]): V1Volume {
  return {
    name: `secret-${CONTAINERS[service]}`,
    projected: {
      defaultMode: GROUP_READS,
      sources: parts.map(({ name, keys }) => ({ secret: { name, items: keys.map((key) => ({ key, path: key })) } })),
    },
  };
}
