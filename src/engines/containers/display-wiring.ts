/**
 * How a launch reaches its desktop's display, and the rule on which everything depends: a local X connection and the
 * desktop's IPC namespace go together, always. A client that uses the socket from another IPC namespace draws with shared
 * memory that the server looks up in its own: it crashes, stays blank, or shows another program's memory.
 *
 * The three types below are all there is, `wiringOf` and `wiringBeside` make them, and no other file names the X socket of a container.
 */
import type { Runtime } from '#protocol/app.ts';
import { INSIDE } from './paths.ts';

type Joined = `container:${string}`;

/** Shares the desktop's namespaces; limits of its own are allowed. */
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

/** Namespaces of its own, X11 over TCP from an address that is not the display's: the server refuses it shared memory. */
export interface RemoteWiring {
  readonly connection: 'remote';
  readonly display: `${number}.${number}.${number}.${number}:0` | `[${string}]:0`;
  readonly binds: readonly [];
  readonly hostname: string;
  /** An IPC namespace of its own, which a toolbox may join. */
  readonly namespaces: { readonly NetworkMode: `deskpod-${string}`; readonly IpcMode: 'shareable' };
}

/** The namespaces of a launch that has its own: as far from the display as that is. */
export interface JoinedWiring {
  readonly connection: 'remote';
  readonly display: RemoteWiring['display'];
  readonly binds: readonly [];
  readonly hostname: null;
  readonly namespaces: LocalWiring['namespaces'];
}

export type Wiring = LocalWiring | RemoteWiring;

/** What a launch needs to know of the desktop that it belongs to. */
export interface DisplayPlace {
  readonly desktopId: string;
  readonly containerId: string;
  readonly address: string;
  /** The folder of the X socket on the host. */
  readonly socketFolder: string;
  /** Whether joiners get the desktop's host name only when asked for (Podman), or always (Docker, which refuses to be asked). */
  readonly joinsHostname: boolean;
}

export function wiringOf(runtime: Runtime, launchId: string, place: DisplayPlace): Wiring {
  switch (runtime) {
    case 'ephemeral_container':
      return localWiring(place);
    case 'pod_application':
      return {
        connection: 'remote',
        display: remoteDisplay(place.address),
        binds: [],
        hostname: launchId,
        namespaces: { NetworkMode: networkName(place.desktopId), IpcMode: 'shareable' },
      };
    default:
      return runtime satisfies never;
  }
}

/**
 * For what shares all namespaces of a launch, or of the desktop itself, but its files. A launch inside the desktop has
 * the desktop's: those are joined where they belong, so that the launch can go while others look.
 */
export function wiringBeside(
  target: { readonly runtime: Runtime; readonly containerId: string },
  place: DisplayPlace,
): LocalWiring | JoinedWiring {
  switch (target.runtime) {
    case 'ephemeral_container':
      return localWiring(place);
    case 'pod_application':
      return {
        connection: 'remote',
        display: remoteDisplay(place.address),
        binds: [],
        hostname: null,
        namespaces: namespacesOf(target.containerId, place),
      };
    default:
      return target.runtime satisfies never;
  }
}

/** For the display's own container alone, whose IPC namespace the others join. */
export function serverSocketBind(socketFolder: string): LocalWiring['binds'][0] {
  return `${socketFolder}:${INSIDE.x11}:rw`;
}

export function networkName(desktopId: string): `deskpod-${string}` {
  return `deskpod-${desktopId}`;
}

function localWiring(place: DisplayPlace): LocalWiring {
  return {
    connection: 'local',
    display: ':0',
    binds: [serverSocketBind(place.socketFolder)],
    hostname: null,
    namespaces: namespacesOf(place.containerId, place),
  };
}

function namespacesOf(containerId: string, { joinsHostname }: DisplayPlace): LocalWiring['namespaces'] {
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
  // 127.0.0.1 would be the launch's own loopback; nothing on a session's network has it.
  return `${a}.${b}.${c}.${d}:0`;
}
