/** What is known about a launch that is over, and the shape of a rule that recognises a failure in it. */
import type { Limits, Runtime } from '../../protocol/app.ts';
import type { EndReason, Hint, Remedy } from '../../protocol/launch.ts';

export interface Failure {
  readonly exitCode: number | null;
  readonly reason: EndReason;
  /** The launch itself was ended for lack of memory. */
  readonly outOfMemory: boolean;
  /** A process of it was. */
  readonly memoryKill: boolean;
  readonly limits: Limits;
  readonly runtime: Runtime;
  /** The end of its output; only the last 64 kB are read. */
  readonly log: string;
  readonly image: string;
  /** The engine's own words, when it had any. */
  readonly message?: string | null;
  /** Of the image, for example `arm64`. */
  readonly architecture?: string | null;
}

/** What is known of every launch, whether it has ended or not. */
export type About = Pick<Failure, 'memoryKill' | 'limits' | 'runtime' | 'image'>;

/** One known failure. The anchor in docs/troubleshooting.md is the rule's id. */
export interface HintRule {
  readonly id: Hint['id'];
  /** Null when it is not this failure; else the words that explain it. */
  readonly recognise: (failure: Failure) => Omit<Hint, 'id' | 'anchor'> | null;
}

/** A launch that its user stopped, or that ended as programs do, did not fail by its exit code. */
export function failed({ reason, exitCode }: Failure): boolean {
  return (
    reason !== 'stopped_by_you' && reason !== 'stopped_by_admin' && !(reason === 'completed' && (exitCode ?? 0) === 0)
  );
}

/** The output and the engine's message together: some failures appear in only one of them. */
export function textOf({ log, message }: Failure): string {
  return `${log.slice(-65_536)}\n${message ?? ''}`;
}

/** The same app inside the desktop, for launches that are not there yet. */
export function inTheDesktop({ runtime }: Failure): Remedy[] {
  return runtime === 'pod_application' ? [{ label: 'Run again in the desktop', runtime: 'ephemeral_container' }] : [];
}

/** The same app as a pod, for launches that are not one yet. */
export function asPod({ runtime }: Pick<Failure, 'runtime'>): Remedy[] {
  return runtime === 'ephemeral_container' ? [{ label: 'Run again as a pod', runtime: 'pod_application' }] : [];
}
