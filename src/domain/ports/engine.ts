/**
 * The engine port: runs desktops and launches as containers. `engines/containers` (Podman, Docker) and
 * `engines/kubernetes` implement it, `engines/remote` passes it on to another process; `test/contracts/engine.ts` has
 * their contract. Methods are idempotent unless they say otherwise, and fail with `DeskpodError`. Long work takes an
 * `AbortSignal`.
 */
import type { Duplex } from 'node:stream';
import type { Environment, Limits } from '#protocol/app.ts';
import type { Geometry, Home } from '#protocol/desktop.ts';
import type { SystemWarning } from '#protocol/system.ts';
import type { EngineDebug } from './debug-engine.ts';
import type { EngineLaunch, ExecSession, ExecSpec, LaunchSpec, Target } from './engine-launch.ts';

export interface EngineInfo {
  /** For display only: `containers`, `kubernetes`. What an engine can do is in {@link EngineCapabilities}. */
  readonly kind: string;
  /** For display: `Podman`, `Docker`, `Kubernetes`. */
  readonly name: string;
  readonly version: string;
  /** Host name of the machine, or address of the cluster's API server. */
  readonly host: string;
}

/** What an engine can do: the rest of the server asks this and never which engine runs. */
export interface EngineCapabilities {
  /** For a launch that joins the desktop's pod. */
  readonly ephemeral: {
    /** Whether it can have limits, ports and probes of its own. */
    readonly limits: boolean;
    /** Whether its node can be chosen; true where there is only one. */
    readonly nodeChoice: boolean;
  };
  /** Whether it can limit the number of processes of a container. */
  readonly processLimits: boolean;
  /** Whether it builds the images of the product's own apps, which the catalogue then offers. */
  readonly buildsImages: boolean;
  /** Whether containers of different users share a network; {@link Engine.podNetworks} says which, if it is known. */
  readonly sharedPodNetwork: boolean;
  /** Whether a launch in its own pod has a home folder of its own if the desktop's is `lost`. */
  readonly separateLostHomes: boolean;
}

/** Where an engine reports errors that fail no call. */
export interface EngineEvents {
  failed(what: string, error: unknown): void;
}

/** The POSIX identity of a user's processes in containers. Never root. */
export interface Account {
  readonly userId: string;
  readonly displayName: string;
  readonly provider: string;
  readonly uid: number;
  readonly gid: number;
}

/** Each login of a guest is a user of its own that never logs in again. */
export function isGuest({ provider }: Pick<Account, 'provider'>): boolean {
  return provider === 'anonymous';
}

/** From the user's browser; null when it did not send it. */
export interface Regional {
  /** IANA name. */
  readonly timezone: string | null;
  /** BCP 47, best first. */
  readonly languages: readonly string[];
}

export interface DesktopSpec {
  /** `<userid>-<hex5>`, from `domain/names.ts`. */
  readonly id: string;
  readonly account: Account;
  readonly image: string;
  readonly geometry: Geometry;
  readonly env: Environment;
  /** Kept with the desktop, so that later launches have the same, from any server. */
  readonly regional: Regional;
  /** Whether apps in other pods can connect to the display: `X11LISTEN=tcp`. */
  readonly x11Tcp: boolean;
  readonly limits: Limits;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of configured folders that it gets, at `~/Shared/NAME`; the engine knows where they are. */
  readonly shared: readonly string[];
}

export interface EngineDesktop {
  readonly id: string;
  readonly userId: string;
  readonly state: 'running' | 'ended';
  readonly createdAt: Date;
  readonly regional: Regional;
  /** Address at which apps in other pods reach the display, if any. */
  readonly address: string | null;
  /** The host or node that it runs on; null before it has one. */
  readonly node: string | null;
  /** Where any gateway reaches the screen over TCP; null where only this process can, by {@link Engine.connect}. */
  readonly screen: Endpoint | null;
  /** The services that it has; see {@link Services}. */
  readonly services: Services;
  /** Distinguishes it from an earlier desktop with the same address. */
  readonly uid: string;
  readonly entries: EphemeralCount;
  /** Whether the files in its home folder outlive it; set when it is made. */
  readonly home: Home;
  /** The names of its shared folders. */
  readonly shared: readonly string[];
}

/** `node1 (10.42.0.7)`, for display. */
export function locationOf({ node, address }: Pick<EngineDesktop, 'node' | 'address'>): string {
  const name = node ?? 'no node yet';
  return address === null ? name : `${name} (${address})`;
}

/** A TCP port in the cluster. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Containers of a desktop with a well-known server: WebDAV over its home, PulseAudio, CUPS, an encoder of its screen. */
export type ServiceName = 'files' | 'sound' | 'printer' | 'video';

/** Where any gateway reaches a service over TCP; null where only this process can, by {@link Engine.connect}. */
export type Services = Readonly<Partial<Record<ServiceName, Endpoint | null>>>;

/** Finished ephemeral launches in the desktop's pod: Kubernetes never removes one from a pod. */
export interface EphemeralCount {
  readonly finished: number;
  /** Limit of finished and running ones together, after which launches fail with `limit_reached`. Null: no limit. */
  readonly most: number | null;
}

/** Credentials of a desktop's services. They leave the server only in a ticket. */
export interface DesktopCredentials {
  /** Xvnc's password, at most 8 characters count (RFB VncAuth). */
  readonly vncPassword: string;
  /** MIT-MAGIC-COOKIE-1, 32 hexadecimal digits. */
  readonly xCookie: string;
  /** Of the user `deskpod` of the files service (HTTP Basic). */
  readonly filesPassword: string;
  /** PulseAudio's cookie: 256 bytes in base64. */
  readonly soundCookie: string;
  /** The name of the printer's queue, which only those learn who may print. */
  readonly printQueue: string;
  /** Of the video service: 64 hexadecimal digits. */
  readonly videoKey: string;
}

export type EngineEvent =
  | { readonly type: 'desktop'; readonly desktop: EngineDesktop }
  | { readonly type: 'desktop_gone'; readonly id: string }
  | { readonly type: 'launch'; readonly launch: EngineLaunch }
  | { readonly type: 'launch_gone'; readonly id: string; readonly desktopId: string };

export interface EngineLogLine {
  readonly at: Date | null;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
  /** Number of bytes left out at the end of a long line. */
  readonly cut?: number;
  /** Instead of a line: lines that are missing here. */
  readonly skipped?: LogGap;
}

/** Lines that were not read in time, with their number if known. */
export interface LogGap {
  readonly lines: number | null;
  readonly bytes: number | null;
}

export interface ImageInfo {
  readonly id: string;
  readonly digest: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly architecture: string;
  readonly os: string;
  readonly createdAt: Date;
  /** Its size, with the layers that it shares with others; null if unknown. */
  readonly bytes: number | null;
  /** It is one of the product, and its recipe has changed since it was built. */
  readonly outdated: boolean;
  /** The `docker inspect` object, for catalogue entries. */
  readonly inspect: unknown;
}

/** An image by the reference with which it is pulled. */
export interface AppImage {
  readonly reference: string;
  /** `oc.name` of its app; null for an image of the product that a cluster's nodes pull with its pod. */
  readonly app: string | null;
  /**
   * Builds an image of the product again if it or one below it is older than a day, with Debian's current packages.
   * Engines that don't build images ignore it.
   */
  readonly refresh?: boolean;
}

export type DesktopStep = 'home' | 'create' | 'display' | 'window_manager';

/** Called at the start of each step, and again with what it waits for. */
export type DesktopReport = (step: DesktopStep, detail?: string) => void;

/** Ports of a desktop that the gateway and the display port connect to. */
export type DesktopPort = 'screen' | 'display' | ServiceName;

export interface LaunchUsage {
  readonly launchId: string;
  /** Share of one processor since the last sample. */
  readonly cpu: number;
  readonly memoryBytes: number;
}

/** What all containers of a desktop may use together, and use. */
export interface SharedLimit {
  readonly name: 'memory' | 'cpus' | 'processes';
  /** Bytes, processors, or a number of processes and threads. */
  readonly limit: number;
  /** Null if the limit isn't enforced. */
  readonly used: number | null;
}

export interface Engine extends AsyncDisposable {
  readonly capabilities: EngineCapabilities;
  info(): Promise<EngineInfo>;
  /** What administrators should know: promises to users that this machine or cluster can't keep. */
  warnings(): readonly SystemWarning[];

  /**
   * Makes a desktop and its secrets; returns when its X display accepts connections and a window manager manages it.
   * Removes everything when it fails or is aborted. Not idempotent: `conflict` if the id exists.
   */
  makeDesktop(spec: DesktopSpec, report: DesktopReport, signal: AbortSignal): Promise<EngineDesktop>;
  /** Of this installation only: foreign objects with such names are never listed. */
  desktops(): Promise<readonly EngineDesktop[]>;
  /** Removes desktop, launches and secrets, and the home where {@link EngineDesktop.home} is `lost`. */
  removeDesktop(id: string, signal: AbortSignal): Promise<void>;
  /** `not_found` when the desktop is gone. */
  credentials(desktopId: string): Promise<DesktopCredentials>;
  /**
   * A byte stream to a port of the desktop. Starts the service where services start when they are first used;
   * `service_unavailable` if the desktop doesn't have it or it doesn't start.
   */
  connect(desktopId: string, port: DesktopPort, signal: AbortSignal): Promise<Duplex>;
  /**
   * When programs could last use a service: now while it runs. Null if it hasn't run since the desktop was made, or the
   * desktop doesn't have it.
   */
  serviceLastUsed(desktopId: string, service: ServiceName): Promise<Date | null>;
  /**
   * Resolves when the service runs: at once where it always does, otherwise when a program has started it. `service_unavailable`
   * if the desktop doesn't have it, or is removed meanwhile.
   */
  serviceRuns(desktopId: string, service: ServiceName, signal: AbortSignal): Promise<void>;
  /** The launch of a process, by its pid in the desktop; null for the desktop's own processes. */
  launchOfProcess(desktopId: string, pid: number): Promise<string | null>;

  /**
   * Starts a launch; returns when its process was started. `report` gets what it waits for, for display. Not
   * idempotent: `name_taken` if the id exists, `runtime_refused` for what this runtime does not support,
   * `limit_reached` if the desktop takes no more ephemeral launches.
   */
  launch(spec: LaunchSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch>;
  /** Running ones, and finished ones that were not removed. */
  launches(desktopId?: string): Promise<readonly EngineLaunch[]>;
  /** One launch, from the engine itself and not from a cache; null when there is none. */
  findLaunch(desktopId: string, id: string): Promise<EngineLaunch | null>;
  /** All variables of its process, unmasked: the caller masks them. `not_found` for an unknown id. */
  environment(id: string): Promise<Environment>;
  /** TERM to all its processes, then KILL after `graceMs`. Returns when none is left. */
  stopLaunch(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Removes a launch and its log; kills it if it still runs. */
  removeLaunch(id: string): Promise<void>;

  /** With `follow`, continues until the process ends or the signal aborts; `not_found` if it was removed. `tailBytes` limits the past. */
  logs(
    target: Target,
    options: { follow: boolean; tailBytes: number },
    signal: AbortSignal,
  ): AsyncIterable<EngineLogLine>;
  /** `conflict` when the target does not run, `not_found` when it is gone, `no_such_program`, `not_executable`. */
  exec(target: Target, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession>;
  usage(desktopId: string): Promise<readonly LaunchUsage[]>;
  /** Empty where others limit desktops: a cluster's quotas. */
  sharedLimits(desktopId: string): Promise<readonly SharedLimit[]>;
  /** What a desktop's home takes on its file system, measured now; null where its volume has a size of its own. */
  homeBytes(desktopId: string): Promise<number | null>;
  /** Toolboxes, copies and inspection. */
  readonly debug: EngineDebug;

  /** Null when it is not present. A cluster knows only name and digest: labels and command are then empty. */
  image(reference: string): Promise<ImageInfo | null>;
  /**
   * Starts pulling these images of apps to every node, and returns when this is visible to others. Never fails:
   * {@link ensureImage} reports errors. Does nothing on a single machine.
   */
  announceImages(images: readonly AppImage[]): Promise<void>;
  /** Pulls the image, or builds it if it is one of the product. `report` gets one line of progress at a time. */
  ensureImage(image: AppImage, report: (line: string) => void, signal: AbortSignal): Promise<ImageInfo>;

  /** Changes from now on. When the engine restarts, it reconnects and repeats the current state. Ends when aborted. */
  watch(signal: AbortSignal): AsyncIterable<EngineEvent>;

  /** Removes what has expired and what a killed server left half created. Called regularly, by one server at a time. */
  tidy(): Promise<void>;
  /** Networks of containers, where users share them; empty if unknown, and on a single machine. */
  podNetworks(): Promise<readonly string[]>;
  /** Rejects with `engine_unavailable` while the engine does not answer. */
  ready(): Promise<void>;
}
