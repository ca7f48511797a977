/** Which runtime and which limits a launch gets, and why. Nothing that was asked for is dropped silently. */
import type { Limits, PodWishes, Runtime } from '../../protocol/app.ts';
import type { AppDocument } from '../../protocol/manager.ts';
import { DeskpodError } from '../errors.ts';

/** A named bundle of resources; administrators configure them, apps ask for one with `oc.executeclassname`. */
export interface ExecuteClass {
  readonly limits: Limits;
  /** Where its pods run and what is set aside for them; only clusters have it. */
  readonly pod?: PodWishes | undefined;
}

export type ExecuteClasses = Readonly<Record<string, ExecuteClass>>;

/** What the engine can do for a container that joins the desktop, and whether it can count processes of any. */
export interface EphemeralAbilities {
  readonly limits: boolean;
  readonly nodeChoice: boolean;
  /** Kubernetes has no limit on processes that a pod could ask for: nodes have one for all their pods. */
  readonly processes: boolean;
}

export const EPHEMERAL_ABILITIES: Readonly<Record<'containers' | 'kubernetes', EphemeralAbilities>> = {
  containers: { limits: true, nodeChoice: true, processes: true },
  kubernetes: { limits: false, nodeChoice: false, processes: false },
};

/** When no class says otherwise: enough for a browser, too little to take the machine down. */
export const DEFAULT_LIMITS: Limits = { memoryBytes: 1024 ** 3, cpus: 1, processes: 512 };

export interface RuntimeChoice {
  readonly runtime: Runtime;
  /** A sentence for the user when it is not the one the app names. */
  readonly moved: string | null;
}

type Classed = Pick<AppDocument, 'executeclassname' | 'displayname' | 'containerengine' | 'pod'>;

/**
 * The requested runtime, else the app's own. An app that needs what an ephemeral container cannot have is moved to a pod
 * when nobody asked for a runtime, and refused (`runtime_refused`) when somebody did.
 */
export function runtimeFor(
  document: Classed,
  requested: Runtime | undefined,
  classes: ExecuteClasses,
  abilities: EphemeralAbilities,
): RuntimeChoice {
  const runtime = requested ?? document.containerengine;
  const obstacle = runtime === 'ephemeral_container' ? obstacleOf(document, classes, abilities) : null;
  if (obstacle === null) return { runtime, moved: null };
  const reason = `${document.displayname} asks for ${obstacle}, which an ephemeral container cannot have`;
  if (requested === undefined)
    return { runtime: 'pod_application', moved: `${reason}, so it runs as a pod of its own.` };
  throw new DeskpodError('runtime_refused', `${reason}.`, { field: 'runtime', remedy: 'Start it as pod_application.' });
}

function obstacleOf(document: Classed, classes: ExecuteClasses, abilities: EphemeralAbilities): string | null {
  if (!abilities.nodeChoice && Object.keys(document.pod?.nodeSelector ?? {}).length > 0) return 'certain nodes';
  if (!abilities.limits && document.pod?.ports) return 'ports';
  if (!abilities.limits && (document.pod?.livenessProbe ?? document.pod?.readinessProbe)) return 'probes';
  const name = document.executeclassname;
  if (name === null) return null;
  const wanted = classFor(document, classes);
  if (!abilities.nodeChoice && Object.keys(wanted.pod?.nodeSelector ?? {}).length > 0)
    return `the nodes of execute class ${name}`;
  if (!abilities.limits && Object.keys(wanted.limits).length > 0) return `the limits of execute class ${name}`;
  return null;
}

/**
 * What a launch of this app may use: its class, where that leaves gaps the default class, where that does
 * {@link DEFAULT_LIMITS}. Nothing for an ephemeral container on an engine that cannot limit one.
 */
export function limitsFor(
  document: Pick<AppDocument, 'executeclassname'>,
  classes: ExecuteClasses,
  runtime: Runtime,
  abilities: EphemeralAbilities,
): Limits {
  if (runtime === 'ephemeral_container' && !abilities.limits) return {};
  const { processes, ...limits } = {
    ...DEFAULT_LIMITS,
    ...classes['default']?.limits,
    ...classFor(document, classes).limits,
  };
  return abilities.processes && processes !== undefined ? { ...limits, processes } : limits;
}

/** What a pod of this app asks for: the class first, the app's own on top. Nothing for an ephemeral container. */
export function podWishesFor(
  document: Pick<AppDocument, 'executeclassname' | 'pod'>,
  classes: ExecuteClasses,
  runtime: Runtime,
): PodWishes {
  if (runtime === 'ephemeral_container') return {};
  return { ...classes['default']?.pod, ...classFor(document, classes).pod, ...document.pod };
}

/** An unknown class is the default one, as in the compatible system. */
function classFor({ executeclassname }: Pick<AppDocument, 'executeclassname'>, classes: ExecuteClasses): ExecuteClass {
  const known =
    executeclassname !== null && Object.hasOwn(classes, executeclassname) ? classes[executeclassname] : undefined;
  return known ?? classes['default'] ?? { limits: {} };
}
