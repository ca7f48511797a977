/** Which runtime and which limits a launch gets, and why. Nothing that was asked for is dropped silently. */
import type { Limits, PodSettings, Runtime } from '../../protocol/app.ts';
import type { AppDocument } from '../../protocol/manager.ts';
import { DeskpodError } from '../errors.ts';
import type { EngineCapabilities } from '../ports/engine.ts';

/** A named bundle of resources; administrators configure them, apps ask for one with `oc.executeclassname`. */
export interface ExecuteClass {
  readonly limits: Limits;
  /** Where its pods run and what is set aside for them; only clusters have it. */
  readonly pod?: PodSettings | undefined;
}

export type ExecuteClasses = Readonly<Record<string, ExecuteClass>>;

/** What the engine can do, as far as it decides about runtimes and limits. */
export type RuntimeCapabilities = Pick<EngineCapabilities, 'ephemeral' | 'processLimits'>;

/** When no class says otherwise: enough for a browser, too little to take the machine down. */
export const DEFAULT_LIMITS: Limits = { memoryBytes: 1024 ** 3, cpus: 1, processes: 512 };

export interface RuntimeChoice {
  readonly runtime: Runtime;
  /** A sentence for the user when it is not the one the app names. */
  readonly moved: string | null;
}

type Classed = Pick<AppDocument, 'executeclassname' | 'displayname' | 'containerengine' | 'pod'>;

/**
 * The requested runtime, else the app's own. If the app needs what an ephemeral container can't have, it runs as a pod;
 * if the request names a runtime that doesn't fit, it is refused (`runtime_refused`).
 */
export function runtimeFor(
  document: Classed,
  requested: Runtime | undefined,
  classes: ExecuteClasses,
  capabilities: RuntimeCapabilities,
): RuntimeChoice {
  const runtime = requested ?? document.containerengine;
  const obstacle = runtime === 'ephemeral_container' ? obstacleOf(document, classes, capabilities) : null;
  if (obstacle === null) return { runtime, moved: null };
  const reason = `${document.displayname} asks for ${obstacle}, which an ephemeral container cannot have`;
  if (requested === undefined)
    return { runtime: 'pod_application', moved: `${reason}, so it runs as a pod of its own.` };
  throw new DeskpodError('runtime_refused', `${reason}.`, { field: 'runtime', remedy: 'Start it as pod_application.' });
}

function obstacleOf(document: Classed, classes: ExecuteClasses, capabilities: RuntimeCapabilities): string | null {
  if (!capabilities.ephemeral.nodeChoice && Object.keys(document.pod?.nodeSelector ?? {}).length > 0)
    return 'certain nodes';
  if (!capabilities.ephemeral.limits && document.pod?.ports) return 'ports';
  if (!capabilities.ephemeral.limits && (document.pod?.livenessProbe ?? document.pod?.readinessProbe)) return 'probes';
  const name = document.executeclassname;
  if (name === null) return null;
  const wanted = classFor(document, classes);
  if (!capabilities.ephemeral.nodeChoice && Object.keys(wanted.pod?.nodeSelector ?? {}).length > 0)
    return `the nodes of execute class ${name}`;
  if (!capabilities.ephemeral.limits && Object.keys(wanted.limits).length > 0)
    return `the limits of execute class ${name}`;
  return null;
}

/**
 * What a launch of this app may use: the class that it names, where that leaves gaps the app's own label, then the default class,
 * then {@link DEFAULT_LIMITS}. Nothing for an ephemeral container on an engine that cannot limit one.
 */
export function limitsFor(
  document: Pick<AppDocument, 'executeclassname' | 'limits'>,
  classes: ExecuteClasses,
  runtime: Runtime,
  capabilities: RuntimeCapabilities,
): Limits {
  if (runtime === 'ephemeral_container' && !capabilities.ephemeral.limits) return {};
  const { processes, ...limits } = {
    ...DEFAULT_LIMITS,
    ...classes['default']?.limits,
    ...document.limits,
    ...(classNameFor(document, classes) === 'default' ? {} : classFor(document, classes).limits),
  };
  return capabilities.processLimits && processes !== undefined ? { ...limits, processes } : limits;
}

/** What a pod of this app asks for: the class first, the app's own on top. Nothing for an ephemeral container. */
export function podSettingsFor(
  document: Pick<AppDocument, 'executeclassname' | 'pod'>,
  classes: ExecuteClasses,
  runtime: Runtime,
): PodSettings {
  if (runtime === 'ephemeral_container') return {};
  return { ...classes['default']?.pod, ...classFor(document, classes).pod, ...document.pod };
}

/** The name of an app's class. An unknown class is the default one, as in the compatible system. */
export function classNameFor(
  { executeclassname }: Pick<AppDocument, 'executeclassname'>,
  classes: ExecuteClasses,
): string {
  return executeclassname !== null && Object.hasOwn(classes, executeclassname) ? executeclassname : 'default';
}

function classFor(document: Pick<AppDocument, 'executeclassname'>, classes: ExecuteClasses): ExecuteClass {
  return classes[classNameFor(document, classes)] ?? { limits: {} };
}
