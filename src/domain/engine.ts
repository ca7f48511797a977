/**
 * The engine port: what runs containers, in our words. `engines/containers` (Podman, Docker) and `engines/kubernetes`
 * implement it; `test/contracts/engine.ts` says what they promise. Methods are idempotent unless they say otherwise and
 * fail with `DeskpodError`. Long work takes an `AbortSignal`.
 */
import type { Duplex } from 'node:stream';
import type { Environment, Limits, PodWishes, Runtime } from '../protocol/app.ts';
import type { Geometry } from '../protocol/desktop.ts';
import type { EngineDebug } from './debug/engine.ts';

export interface EngineInfo {
  readonly kind: 'containers' | 'kubernetes';
  /** For people: `Podman`, `Docker`, `Kubernetes`. */
  readonly name: string;
  readonly version: string;
  /** Host or cluster, for people. */
  readonly place: string;
}

/** The posix side of a user: who processes in the containers run as. Never root. */
export interface Account {
  readonly userId: string;
  readonly displayName: string;
  readonly provider: string;
  readonly uid: number;
  readonly gid: number;
}

/** As a user's browser has them; null: it did not say. */
export interface Regional {
  /** IANA name. */
  readonly timezone: string | null;
  /** BCP 47. */
  readonly locale: string | null;
}

export interface DesktopSpec {
  /** `<userid>-<hex5>`, from `domain/names.ts`. */
  readonly id: string;
  readonly account: Account;
  readonly image: string;
  readonly geometry: Geometry;
  readonly env: Environment;
  /** Kept with the desktop: what starts in it later, from whichever server, has the same. */
  readonly regional: Regional;
  /** Whether apps in other pods can connect to the display: `X11LISTEN=tcp`. */
  readonly x11Tcp: boolean;
  readonly limits: Limits;
  readonly labels: Readonly<Record<string, string>>;
}

export interface EngineDesktop {
  readonly id: string;
  readonly userId: string;
  readonly state: 'running' | 'ended';
  readonly createdAt: Date;
  readonly regional: Regional;
  /** Address that apps in other pods reach the display at, if any. */
  readonly address: string | null;
  /** For people: node and address. */
  readonly place: string;
  /** Where a gateway elsewhere reaches the screen over TCP; null where only this process does, by {@link Engine.connect}. */
  readonly screen: Endpoint | null;
  /** Told apart from an earlier desktop that had the same address. */
  readonly uid: string;
  readonly entries: Entries;
}

/** A TCP port in the cluster. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Ephemeral launches that are over and that the desktop carries on: Kubernetes never removes one from a pod. */
export interface Entries {
  readonly finished: number;
  /** Of finished and running ones together: past it an ephemeral launch is refused (`limit_reached`). Null: no limit. */
  readonly most: number | null;
}

/** What opens a desktop's services. Never leaves the server but inside a ticket. */
export interface DesktopCredentials {
  /** Xvnc's password, at most 8 characters count (RFB VncAuth). */
  readonly vncPassword: string;
  /** MIT-MAGIC-COOKIE-1, 32 hexadecimal digits. */
  readonly xCookie: string;
}

export interface LaunchSpec {
  /** Object name from `domain/names.ts`. */
  readonly id: string;
  readonly desktopId: string;
  readonly appName: string;
  readonly runtime: Runtime;
  readonly image: string;
  /** Empty: the image's own. */
  readonly command: readonly string[];
  readonly env: Environment;
  readonly limits: Limits;
  readonly labels: Readonly<Record<string, string>>;
  /** The user that the app's own security context names; null: none, so that of the desktop. */
  readonly runAs: number | null;
  /** Only a pod can have these; `runtime_refused` for any other launch. */
  readonly pod: PodWishes;
}

export type EngineLaunchState =
  | { readonly state: 'starting'; /** Why it does not run yet, if the engine says. */ readonly waiting: string | null }
  | { readonly state: 'running' }
  | {
      readonly state: 'finished';
      readonly exitCode: number | null;
      readonly outOfMemory: boolean;
      readonly finishedAt: Date;
      readonly message: string | null;
    };

export interface EngineLaunch {
  readonly id: string;
  readonly desktopId: string;
  readonly userId: string;
  readonly runtime: Runtime;
  readonly status: EngineLaunchState;
  readonly startedAt: Date;
  readonly image: string;
  readonly imageDigest: string | null;
  /** Host names X clients of this launch announce (`WM_CLIENT_MACHINE`). */
  readonly hostname: string;
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
}

export interface ImageInfo {
  readonly id: string;
  readonly digest: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly architecture: string;
  readonly os: string;
  readonly createdAt: Date;
  /** The `docker inspect` object, for catalogue entries. */
  readonly inspect: unknown;
}

/** An image by the name it is pulled under. */
export interface AppImage {
  readonly reference: string;
  /** `oc.name` of the app it belongs to; null for an image of ours that a cluster's nodes fetch when a pod names it. */
  readonly app: string | null;
}

/** One running command with or without a terminal. */
export interface ExecSession {
  /** Output (of a terminal, or stdout and stderr interleaved); writing to it is input. Ends when the command ends. */
  readonly stream: Duplex;
  resize(size: { columns: number; rows: number }): Promise<void>;
  /** Null when the engine no longer knows. */
  readonly exitCode: Promise<number | null>;
}

export interface ExecSpec {
  readonly command: readonly string[];
  readonly tty: { readonly columns: number; readonly rows: number } | null;
  readonly env?: Environment;
}

/**
 * What to look into: the desktop's graphical container, one launch, or with `container` another container of the
 * desktop: a service or a toolbox (of a launch beside it: a toolbox in that launch's pod).
 */
export type Target = { readonly desktopId: string; readonly launchId?: string; readonly container?: string };

export type DesktopStep = 'home' | 'create' | 'display' | 'window_manager';

/** Called as each step begins, and again with what it waits for. */
export type DesktopReport = (step: DesktopStep, detail?: string) => void;

/** The ports of a desktop that the gateway and the display reach. */
export type DesktopPort = 'screen' | 'display';

export interface LaunchUsage {
  readonly launchId: string;
  /** Share of one processor since the last sample. */
  readonly cpu: number;
  readonly memoryBytes: number;
}

export interface Engine extends AsyncDisposable {
  info(): Promise<EngineInfo>;

  /**
   * Makes a desktop and its secrets; returns when its X display accepts connections and a window manager manages it.
   * Undone as a whole when it fails or is aborted. Not idempotent: `conflict`
   * if the id exists.
   */
  makeDesktop(spec: DesktopSpec, report: DesktopReport, signal: AbortSignal): Promise<EngineDesktop>;
  /** Ours alone: objects of the same name that others made are never listed. */
  desktops(): Promise<readonly EngineDesktop[]>;
  /** Removes desktop, launches and secrets; the home stays. */
  removeDesktop(id: string, signal: AbortSignal): Promise<void>;
  /** `not_found` when the desktop is gone. */
  credentials(desktopId: string): Promise<DesktopCredentials>;
  /** A byte stream to a port of the desktop. */
  connect(desktopId: string, port: DesktopPort, signal: AbortSignal): Promise<Duplex>;
  /** Which launch a process belongs to, by its pid as the desktop's X server sees it; null for the desktop's own. */
  launchOfProcess(desktopId: string, pid: number): Promise<string | null>;

  /**
   * Starts a launch; returns once its process was started. `report` gets what it waits for, in words. Not idempotent:
   * `name_taken` if the id exists, `runtime_refused` for what this runtime cannot carry, `limit_reached` when the desktop
   * takes no more ephemeral launches.
   */
  launch(spec: LaunchSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch>;
  /** Running ones and those that finished and were not removed. */
  launches(desktopId?: string): Promise<readonly EngineLaunch[]>;
  /** Every variable its process was started with, unmasked: the caller masks. `not_found` for an unknown id. */
  environment(id: string): Promise<Environment>;
  /** TERM to all its processes, then KILL after `graceMs`. Returns when none is left. */
  stopLaunch(id: string, graceMs: number, signal: AbortSignal): Promise<void>;
  /** Forgets a launch and its log; stops it at once if it still runs. */
  removeLaunch(id: string): Promise<void>;

  /** Follows until aborted or, with `follow`, the process ends. `tailBytes` bounds what is read from the past. */
  logs(
    target: Target,
    options: { follow: boolean; tailBytes: number },
    signal: AbortSignal,
  ): AsyncIterable<EngineLogLine>;
  exec(target: Target, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession>;
  usage(desktopId: string): Promise<readonly LaunchUsage[]>;
  /** Toolboxes, copies, and what can be seen inside a desktop. */
  readonly debug: EngineDebug;

  /** Null when it is not there. A cluster knows an image only by name and digest: labels and command are then empty. */
  image(reference: string): Promise<ImageInfo | null>;
  /**
   * Begins to make these images of apps present on every node, and returns when others can see that it does; fails for
   * none of them: {@link ensureImage} tells. Nothing on one machine.
   */
  announceImages(images: readonly AppImage[]): Promise<void>;
  /** Makes the image present (pulls it, or builds it if it is one of ours). `report` gets one line of progress at a time. */
  ensureImage(image: AppImage, report: (line: string) => void, signal: AbortSignal): Promise<ImageInfo>;

  /** Changes from now on; heals by itself when the engine restarts, repeating the present state. Ends when aborted. */
  watch(signal: AbortSignal): AsyncIterable<EngineEvent>;

  /** Removes what has had its time and what a killed server left half made; called now and then, by one server at a time. */
  tidy(): Promise<void>;
  /** Networks that containers have their addresses from, where strangers share them; empty on one machine. */
  podNetworks(): Promise<readonly string[]>;
  /** Rejects with `engine_unavailable` while the engine does not answer. */
  ready(): Promise<void>;
}
