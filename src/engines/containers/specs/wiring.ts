/**
 * How a launch reaches its desktop's display, and the rule on which everything depends: a local X connection requires
 * the desktop's IPC namespace. A client that uses the socket from another IPC namespace draws with shared memory that
 * the server looks up in its own: it crashes, stays blank, or shows another program's memory.
 *
 * Only `wiringOf`, `wiringBeside` and `wiringOfEncoder` make the four types below, and no other file names the X socket of a container.
 */
import type { Runtime } from '#protocol/app.ts';
import { INSIDE } from './paths.ts';

type Joined = `container:${string}`;

/** Shares the desktop's namespaces; may have its own limits. */
export interface LocalWiring {
  readonly connection: 'local';
  readonly display: ':0';
  readonly binds: readonly [`${string}:/tmp/.X11-unix:rw`];
  readonly hostname: null;
  readonly namespaces: {
    readonly NetworkMode: Joined;
    readonly IpcMode: Joined;
    readonly PidMode: Joined;
    readonly UTSMode?: Joined;
  };
}

/** Own namespaces, X11 over TCP from another address than the display's: the server refuses shared memory. */
export interface RemoteWiring {
  readonly connection: 'remote';
  readonly display: `${number}.${number}.${number}.${number}:0` | `[${string}]:0`;
  readonly binds: readonly [];
  readonly hostname: string;
  /** An IPC namespace of its own, which a toolbox may join. */
  readonly namespaces: { readonly NetworkMode: `deskpod-${string}`; readonly IpcMode: 'shareable' };
}

/** The namespaces of a pod application: as far from the display as the pod itself. */
export interface JoinedWiring {
  readonly connection: 'remote';
  readonly display: RemoteWiring['display'];
  readonly binds: readonly [];
  readonly hostname: null;
  readonly namespaces: LocalWiring['namespaces'];
}

/** Reads the screen through shared memory, and shares nothing else with the desktop. */
export interface EncoderWiring {
  readonly connection: 'local';
  readonly display: ':0';
  readonly binds: LocalWiring['binds'];
  readonly namespaces: { readonly NetworkMode: 'none'; readonly IpcMode: Joined };
}

export type Wiring = LocalWiring | RemoteWiring;

/** What a launch needs to know about its desktop's display. */
export interface DisplayFolder {
  readonly desktopId: string;
  readonly containerId: string;
  readonly address: string;
  /** The folder of the X socket on the host. */
  readonly socketFolder: string;
  /** Whether joined containers need the option for the desktop's host name (Podman), or always have it (Docker). */
  readonly joinsHostname: boolean;
}

export function wiringOf(runtime: Runtime, launchId: string, display: DisplayFolder): Wiring {
  switch (runtime) {
    case 'ephemeral_container':
      return localWiring(display);
    case 'pod_application':
      return {
        connection: 'remote',
        display: remoteDisplay(display.address),
        binds: [],
        hostname: launchId,
        namespaces: { NetworkMode: networkName(display.desktopId), IpcMode: 'shareable' },
      };
    default:
      return runtime satisfies never;
  }
}

/**
 * For a container that shares all namespaces of a launch or desktop except its files. A launch inside the desktop has
 * the desktop's namespaces; they are joined from the desktop, so that the launch can be removed meanwhile.
 */
export function wiringBeside(
  target: { readonly runtime: Runtime; readonly containerId: string },
  display: DisplayFolder,
): LocalWiring | JoinedWiring {
  switch (target.runtime) {
    case 'ephemeral_container':
      return localWiring(display);
    case 'pod_application':
      return {
        connection: 'remote',
        display: remoteDisplay(display.address),
        binds: [],
        hostname: null,
        namespaces: namespacesOf(target.containerId, display),
      };
    default:
      return target.runtime satisfies never;
  }
}

/** For the video service, which is reached by its socket alone. */
export function wiringOfEncoder({ containerId, socketFolder }: DisplayFolder): EncoderWiring {
  return {
    connection: 'local',
    display: ':0',
    binds: [serverSocketBind(socketFolder)],
    namespaces: { NetworkMode: 'none', IpcMode: `container:${containerId}` },
  };
}

/** For the display's own container only, whose IPC namespace the others join. */
export function serverSocketBind(socketFolder: string): LocalWiring['binds'][0] {
  return `${socketFolder}:${INSIDE.x11}:rw`;
}

export function networkName(desktopId: string): `deskpod-${string}` {
  return `deskpod-${desktopId}`;
}

function localWiring(display: DisplayFolder): LocalWiring {
  return {
    connection: 'local',
    display: ':0',
    binds: [serverSocketBind(display.socketFolder)],
    hostname: null,
    namespaces: namespacesOf(display.containerId, display),
  };
}

function namespacesOf(containerId: string, { joinsHostname }: DisplayFolder): LocalWiring['namespaces'] {
  const joined: Joined = `container:${containerId}`;
  return {
    NetworkMode: joined,
    IpcMode: joined,
    PidMode: joined,
    ...(joinsHostname ? { UTSMode: joined } : {}),
  };
}

function remoteDisplay(address: string): RemoteWiring['display'] {
  const [a, b, c, d] = address.split('.').map(Number);
  if (a === undefined || b === undefined || c === undefined || d === undefined) return `[${address}]:0`;
  // 127.0.0.1 would be the launch's own loopback, where no display listens.
  return `${a}.${b}.${c}.${d}:0`;
}
