/**
 * The engine port's part for debugging: toolboxes, copies and inspection of a desktop. Engines implement it as
 * `Engine.debug`; `test/contracts/engine-debug.ts` has its contract.
 */
import type { Environment } from '#protocol/app.ts';
import type { DebugProfile } from '#protocol/debug.ts';
import type { DesktopEvent, Inspection, InspectedProcess, InspectedSocket, Namespaces } from '#protocol/inspect.ts';
import type { EngineLaunch, EngineLaunchState, ExecSession, LaunchSpec, Target } from './engine-launch.ts';

export interface ToolboxSpec {
  /** Unique within the desktop, for example `debugger-x7f2k`. */
  readonly name: string;
  /** A launch, or the desktop, or one container of it. */
  readonly target: Target;
  readonly image: string;
  readonly profile: DebugProfile;
  readonly env: Environment;
  /** Empty: the toolbox's own shell, or with `plain` the image's own command. */
  readonly command: readonly string[];
  /** Exactly what `kubectl debug` creates: no mounts, no user, no welcome line. */
  readonly plain: boolean;
  /** A partial Kubernetes container, merged last as `kubectl debug --custom` does. */
  readonly custom: Readonly<Record<string, unknown>> | null;
  /** The owner's user id, kept with it so that every server knows it. */
  readonly by: string;
  /** Whether others may join it: not when it was asked for with settings that they would not expect. */
  readonly shared: boolean;
}

export interface EngineToolbox {
  readonly name: string;
  readonly desktopId: string;
  readonly userId: string;
  /** Null for foreign ones, and for a moment for new ones. */
  readonly target: Target | null;
  readonly profile: DebugProfile | null;
  readonly image: string;
  /** The owner's user id; for a foreign one the program that added it, null if unknown. */
  readonly by: string | null;
  /** Not added by this installation: shown, never changed or removed. */
  readonly foreign: boolean;
  /** {@link ToolboxSpec.shared}; false for foreign ones. */
  readonly shared: boolean;
  readonly status: EngineLaunchState;
  readonly startedAt: Date;
}

export interface CopySpec {
  /** The copy as a launch beside the desktop: its name, image, command and variables are final. */
  readonly launch: LaunchSpec;
  /** The original launch; never touched. */
  readonly of: string;
  /** Changes from the original, which a cluster applies to the original's pod. */
  readonly changed: { readonly image: string | null; readonly command: readonly string[]; readonly env: Environment };
  readonly shareProcesses: boolean;
  /** On the original's node and no other. */
  readonly sameNode: boolean;
  /** Exactly the pod that `kubectl debug --copy-to` creates, except for names and labels. */
  readonly plain: boolean;
}

export interface EngineDebug {
  /**
   * Which profiles are allowed beside this target: null, or the engine's own reason why not. A cluster is asked by a
   * server-side dry run.
   */
  profiles(target: Target): Promise<ReadonlyMap<DebugProfile, string | null>>;
  /**
   * Adds a toolbox; returns when its process was started. Not idempotent: `name_taken`, `profile_refused` with the
   * engine's reason, `limit_reached` when the pod is full, `conflict` when the target does not run, `not_found`,
   * `desktop_missing` while the desktop is being removed, `app_unavailable` when the image is not available,
   * `forbidden` when the cluster does not let this server add any.
   */
  addToolbox(spec: ToolboxSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineToolbox>;
  /** Of one desktop or all, running and finished, including foreign ones. */
  toolboxes(desktopId?: string): Promise<readonly EngineToolbox[]>;
  /** By name; null when there is none. */
  toolbox(desktopId: string, name: string): Promise<EngineToolbox | null>;
  /**
   * The terminal of a toolbox from now on: output and input. Several may be attached; closing the stream only detaches.
   * Earlier output is in the log (`Engine.logs` with `container`). `conflict` when the toolbox has ended.
   */
  attach(desktopId: string, toolbox: string, signal: AbortSignal): Promise<ExecSession>;
  /**
   * Ends all its processes; returns when none is left. `not_found` when there is none of this name, `forbidden` for
   * foreign ones. It is no error when it has ended already.
   */
  stopToolbox(desktopId: string, toolbox: string, signal: AbortSignal): Promise<void>;

  /** Starts a copy beside the desktop, on the same display, as {@link Engine.launch} does. */
  copy(spec: CopySpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch>;

  /** `not_found` when the desktop is gone, here and below. Secrets are masked. */
  inspect(desktopId: string): Promise<Inspection>;
  namespaces(desktopId: string): Promise<Namespaces>;
  processes(desktopId: string): Promise<readonly InspectedProcess[]>;
  sockets(desktopId: string): Promise<readonly InspectedSocket[]>;
  /** Oldest first. */
  events(desktopId: string): Promise<readonly DesktopEvent[]>;
  /** The desktop or a launch beside it as `kubectl describe pod` prints it, secrets masked. */
  describe(target: Target): Promise<string>;
  /** The engine's own object as YAML, secrets masked. */
  yaml(target: Target): Promise<string>;
}
