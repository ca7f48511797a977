/**
 * Launches and commands in containers, as both halves of the engine port describe them: `Engine` in `engine.ts` and
 * `EngineDebug` in `debug-engine.ts`.
 */
import type { Duplex, Readable } from 'node:stream';
import type { Environment, Limits, PodSettings, Runtime, SeccompProfile } from '#protocol/app.ts';
import type { TerminalSize } from '#protocol/terminal.ts';

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
  /** Which one of `executeClasses`; it may open more connections for a pod. */
  readonly executeClass: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `runAsUser` of the app's security context; null for the desktop's user. */
  readonly runAs: number | null;
  /** Null for the engine's default. `app_unavailable` where its nodes don’t have it. */
  readonly seccomp: SeccompProfile | null;
  /** Only a pod can have these; `runtime_refused` for any other launch. */
  readonly pod: PodSettings;
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
  /** Host name of this launch's X clients (`WM_CLIENT_MACHINE`). */
  readonly hostname: string;
  /** The kernel killed one of its processes for lack of memory, even if it continued. False also where unknown. */
  readonly memoryKill: boolean;
}

/** One running command with or without a terminal. */
export interface ExecSession {
  /**
   * Reading is the output of the terminal, or stdout without one. Writing is input; ending it closes the input, and the
   * output continues. Ends when the command ends; destroying it ends the command.
   */
  readonly stream: Duplex;
  /** Null with a terminal, which has one stream. Must be read as well: while it is full, `stream` waits. */
  readonly stderr: Readable | null;
  resize(size: TerminalSize): Promise<void>;
  /** Null when the engine has forgotten it. */
  readonly exitCode: Promise<number | null>;
}

export interface ExecSpec {
  readonly command: readonly string[];
  readonly tty: TerminalSize | null;
  readonly env?: Environment;
  /** False: its input is empty from the start. */
  readonly input?: boolean;
}

/**
 * Where a command, a log request or a debug session goes: the desktop's graphical container, one launch, or with
 * `container` another container of the desktop: a service or a toolbox (beside a pod application: a toolbox in its
 * pod).
 */
export type Target = { readonly desktopId: string; readonly launchId?: string; readonly container?: string };
