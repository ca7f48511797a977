/**
 * The volumes of desktop and app pods, by the compatible system's names. Ephemeral containers can only mount volumes
 * that their pod had from the start, and no single file (`subPath` is forbidden), so every Secret is a folder.
 */
import type { V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { KubernetesConfig } from '#config/config.ts';
import type { Account } from '#domain/ports/engine.ts';
import { loginName } from '#domain/names.ts';
import { newHomeVolume } from './home-volume.ts';
import { homeVolume, secretName } from '../cluster/names.ts';
import { CONTAINERS, type DesktopContainer } from '../cluster/ports.ts';
import { localVolumes } from './wiring.ts';

export const INSIDE = {
  /** Credential of a service. */
  secret: '/run/deskpod/secret',
  /** Credentials of the display and the sound, for launches. */
  access: '/run/deskpod',
  tmp: '/tmp',
  /**
   * Of the graphical container, which fills it with the time zones of its image; where launches have it, in
   * `ZONEINFO`.
   */
  zoneinfo: '/run/deskpod/zoneinfo',
  wallpapers: '/etc/deskpod/wallpapers',
} as const;

/** The standard folder of time zones, which foreign images often lack. */
export const ZONEINFO = '/usr/share/zoneinfo';
/** An administrator's wallpapers; it need not exist. */
const WALLPAPERS = 'deskpod-wallpapers';
const SCRATCH = '1Gi';
const SMALL = '8Mi';
/** In the Secret of the account files. */
export const ZONE_FILE = 'localtime';
/** Readable by the user only, through the pod's group. */
const GROUP_READS = 0o440;
const ALL_READ = 0o444;

export function homeFolder(account: Account): string {
  return `/home/${loginName(account.userId)}`;
}

/** Of the desktop's pod: everything that its services and launches may mount. */
export function desktopVolumes(
  account: Account,
  { homes, pods, services }: Pick<KubernetesConfig, 'homes' | 'pods' | 'services'>,
  shmBytes: number,
): V1Volume[] {
  return [
    newHomeVolume(account, homes, pods.homeSize),
    ...localVolumes(shmBytes),
    { name: 'tmp', emptyDir: { sizeLimit: pods.tmpSize } },
    ...['run', 'log', 'rundbus', 'runuser', 'pulseaudiosocket', 'cupsdsocket'].map((name) => ({
      name,
      emptyDir: { medium: 'Memory', sizeLimit: SMALL },
    })),
    ...services.map((name) => ({ name: `tmp-${CONTAINERS[name]}`, emptyDir: { sizeLimit: SCRATCH } })),
    { name: 'zoneinfo', emptyDir: { sizeLimit: SMALL } },
    { name: 'wallpapers', configMap: { name: WALLPAPERS, optional: true } },
    ...accounts(account),
    access(account),
    credential('graphical', [
      { name: secretName('vnc', account.userId), keys: ['vncpasswd'] },
      { name: secretName('x11', account.userId), keys: ['Xauthority'] },
    ]),
    credential('files', [{ name: secretName('services', account.userId), keys: ['htpasswd'] }]),
    credential('sound', [{ name: secretName('x11', account.userId), keys: ['pulse-cookie'] }]),
    credential('printer', [{ name: secretName('services', account.userId), keys: ['queue'] }]),
    credential('video', [
      { name: secretName('services', account.userId), keys: ['video-key'] },
      { name: secretName('x11', account.userId), keys: ['Xauthority'] },
    ]),
  ];
}

/** Of an app pod: of the desktop's volumes only home, account files and the display's credentials. */
export function appVolumes(account: Account, home: V1Volume, tmpSize: string): V1Volume[] {
  return [home, { name: 'tmp', emptyDir: { sizeLimit: tmpSize } }, ...accounts(account), access(account)];
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

/** For the graphical container only. */
export const GRAPHICAL_MOUNTS: readonly V1VolumeMount[] = [
  { name: 'zoneinfo', mountPath: INSIDE.zoneinfo },
  { name: 'wallpapers', mountPath: INSIDE.wallpapers, readOnly: true },
];
/** For foreign images inside the desktop: all time zones. */
export const ZONEINFO_MOUNT: V1VolumeMount = { name: 'zoneinfo', mountPath: ZONEINFO, readOnly: true };

/** For foreign images beside the desktop: the file of one time zone, from the Secret of the account files. */
export function zoneMount(account: Account, zone: string): V1VolumeMount {
  return { name: accountVolume(account), mountPath: `${ZONEINFO}/${zone}`, subPath: ZONE_FILE, readOnly: true };
}

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

/** For a service: its own temporary files, and a shared socket. */
export function serviceMounts(service: DesktopContainer): V1VolumeMount[] {
  const sockets = SHARED_MOUNTS.filter(({ name }) => name === SOCKETS[service]);
  return [{ name: `tmp-${CONTAINERS[service]}`, mountPath: INSIDE.tmp }, ...sockets];
}

const SOCKETS: Partial<Record<DesktopContainer, string>> = { sound: 'pulseaudiosocket', printer: 'cupsdsocket' };

export function credentialMount(service: DesktopContainer): V1VolumeMount {
  return { name: `secret-${CONTAINERS[service]}`, mountPath: INSIDE.secret, readOnly: true };
}

function accountVolume(account: Account): string {
  return secretName('localaccount', account.userId);
}

/** Twice: at the link target of the compatible system's images, and in the folder of libnss-extrausers. */
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

function credential(service: DesktopContainer, parts: readonly { name: string; keys: readonly string[] }[]): V1Volume {
  return {
    name: `secret-${CONTAINERS[service]}`,
    projected: {
      defaultMode: GROUP_READS,
      sources: parts.map(({ name, keys }) => ({ secret: { name, items: keys.map((key) => ({ key, path: key })) } })),
    },
  };
}
