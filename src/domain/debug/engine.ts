/**
 * The engine port's part for debugging: toolboxes, copies, and what can be seen inside a desktop. Both engines implement
 * it as `Engine.debug`; `test/contracts/engine-debug.ts` says what they promise.
 */
import type { Environment } from '../../protocol/app.ts';
import type { DebugProfile } from '../../protocol/debug.ts';
import type { EngineHappening, Inside, InsideProcess, InsideSocket, Namespaces } from '../../protocol/inside.ts';
import type { EngineLaunch, EngineLaunchState, ExecSession, LaunchSpec, Target } from '../engine.ts';

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
  /** Exactly what `kubectl debug` asks for: no mounts, no user, no first line of ours. */
  readonly plain: boolean;
  /** A partial container in Kubernetes' words, merged last as `kubectl debug --custom` does. */
  readonly custom: Readonly<Record<string, unknown>> | null;
  /** Kept with it, so that every server knows: who looks. */
  readonly by: string;
}

export interface EngineToolbox {
  readonly name: string;
  readonly desktopId: string;
  readonly userId: string;
  /** What it looks into; null for one that others added, and for a moment for a new one of ours. */
  readonly target: Target | null;
  readonly profile: DebugProfile | null;
  readonly image: string;
  /** A user's id for ours; for a foreign one the program that added it; null: not known. */
  readonly by: string | null;
  /** Added by others: shown, never changed or removed. */
  readonly foreign: boolean;
  /** Made with `plain`, a command, variables or a custom spec: nobody else uses it again. */
  readonly special: boolean;
  readonly status: EngineLaunchState;
  readonly startedAt: Date;
}

export interface CopySpec {
  /** The copy as a launch beside the desktop: its name, image, command and variables are final. */
  readonly launch: LaunchSpec;
  /** The launch it is a copy of; never touched. */
  readonly of: string;
  /** What differs from the original, by which a cluster changes the original's own pod. */
  readonly changed: { readonly image: string | null; readonly command: readonly string[]; readonly env: Environment };
  readonly shareProcesses: boolean;
  /** On the original's node and no other. */
  readonly sameNode: boolean;
  /** Exactly the pod that `kubectl debug --copy-to` makes, but for names and labels. */
  readonly plain: boolean;
}

export interface EngineDebug {
  /**
   * Which profiles the place admits beside this target: null, or the engine's own sentence why not. A cluster is asked
   * by a server-side dry run.
   */
  profiles(target: Target): Promise<ReadonlyMap<DebugProfile, string | null>>;
  /**
   * Adds a toolbox; returns once its process was started. Not idempotent: `name_taken`, `profile_refused` with the
   * engine's sentence, `limit_reached` when the list is full, `conflict` when the target does not run, `not_found`,
   * `desktop_missing` while the desktop goes, `app_unavailable` when the image cannot be had, `forbidden` when the
   * cluster does not let this server add any.
   */
  addToolbox(spec: ToolboxSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineToolbox>;
  /** Of one desktop or all, running and finished; foreign ones among them. */
  toolboxes(desktopId?: string): Promise<readonly EngineToolbox[]>;
  /** One of these; null when there is none of this name. */
  toolbox(desktopId: string, name: string): Promise<EngineToolbox | null>;
  /**
   * The terminal of a toolbox from now on: what it prints, and its input. Several may be attached; leaving ends nothing
   * but the attachment. What was printed before is in the log (`Engine.logs` with `container`). `conflict` when it has ended.
   */
  attach(desktopId: string, toolbox: string, signal: AbortSignal): Promise<ExecSession>;
  /** Ends all its processes; returns when none is left. Foreign ones: `forbidden`. One that has ended is fine. */
  stopToolbox(desktopId: string, toolbox: string, signal: AbortSignal): Promise<void>;

  /** Starts a copy beside the desktop, on the same display; as {@link Engine.launch}. */
  copy(spec: CopySpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch>;

  /** `not_found` when the desktop is gone, here and below. Secrets are masked. */
  inside(desktopId: string): Promise<Inside>;
  namespaces(desktopId: string): Promise<Namespaces>;
  processes(desktopId: string): Promise<readonly InsideProcess[]>;
  sockets(desktopId: string): Promise<readonly InsideSocket[]>;
  /** Oldest first. */
  happenings(desktopId: string): Promise<readonly EngineHappening[]>;
  /** As `kubectl describe pod` says it: of the desktop, or of a launch beside it. Secrets masked. */
  describe(target: Target): Promise<string>;
  /** The engine's own object as YAML, secrets masked. */
  yaml(target: Target): Promise<string>;
}
