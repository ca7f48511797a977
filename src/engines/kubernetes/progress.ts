/** What a container that is on its way waits for, in words; and when waiting has become pointless. Pure. */
import { DeskpodError } from '#domain/errors.ts';
import { type ContainerStatus, type Pod, statusOf, unscheduled, waitingFor } from './pod.ts';

/** Kubernetes goes on trying for ever; these do not mend themselves. */
const POINTLESS = new Set([
  'InvalidImageName',
  'ErrImageNeverPull',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'StartError',
  'CrashLoopBackOff',
]);
const PULLING = new Set(['ErrImagePull', 'ImagePullBackOff', 'RegistryUnavailable', 'ImageInspectError']);
/** A first try that failed is told as ErrImagePull; by this the node has begun to wait ever longer between tries. */
const GIVEN_UP = 'ImagePullBackOff';
/** A registry that answers so has no such image for us: nobody need wait for another try. */
const NOT_TO_BE_HAD =
  /not found|manifest unknown|unauthorized|authentication required|denied|forbidden|does not exist|name unknown/i;

export type Progress =
  | { readonly state: 'waiting'; /** Null: only for its turn. */ readonly detail: string | null }
  | { readonly state: 'failed'; readonly error: DeskpodError }
  | { readonly state: 'started' };

/** Of one container in a pod; `what` is its app or service, for people. */
export function progressOf(pod: Pod, container: string, what: string): Progress {
  const status = statusOf(pod, container);
  if (status?.state?.running) return { state: 'started' };
  if (status?.state?.terminated) return terminated(status, what);
  const waiting = waitingFor(status);
  if (waiting !== null) return judged(waiting, status?.image ?? '', what);
  return { state: 'waiting', detail: unscheduled(pod) };
}

/** `The image x cannot be pulled: not found (ImagePullBackOff)` */
export function explain({ reason, message }: { reason: string; message: string }, image: string): string {
  const because = message.replace(/^Back-off pulling image "[^"]*":? ?/, '').replace(/^ErrImagePull: /, '');
  if (PULLING.has(reason) || reason === 'InvalidImageName' || reason === 'ErrImageNeverPull') {
    return `The image ${image} cannot be pulled${because === '' ? '' : `: ${because}`} (${reason})`;
  }
  return because === '' ? reason : `${because} (${reason})`;
}

const PULL = /^Failed to pull image "[^"]*": (.*)$/s;
const CREATE = /^Error: (.*)$/s;

/** What the node notes at once, and tells as a state only some ten seconds later; null when it is none of these. */
export function judgedEvent(message: string, image: string, what: string): DeskpodError | null {
  const pull = PULL.exec(message)?.[1];
  const create = CREATE.exec(message)?.[1];
  // `Error: ErrImagePull` follows the other and says less.
  if (pull === undefined && (create === undefined || PULLING.has(create))) return null;
  const waiting =
    pull === undefined
      ? { reason: 'CreateContainerConfigError', message: create ?? '' }
      : { reason: 'ErrImagePull', message: pull };
  const progress = judged(waiting, image, what);
  return progress.state === 'failed' ? progress.error : null;
}

function judged(waiting: { reason: string; message: string }, image: string, what: string): Progress {
  const detail = explain(waiting, image);
  const { reason, message } = waiting;
  const pointless =
    POINTLESS.has(reason) || (PULLING.has(reason) && (reason === GIVEN_UP || NOT_TO_BE_HAD.test(message)));
  if (!pointless) return { state: 'waiting', detail };
  return { state: 'failed', error: new DeskpodError('app_unavailable', `${what} cannot be started: ${detail}.`) };
}

/** 128 with one of these: the runtime could not even begin. */
const NEVER_BEGAN = new Set(['StartError', 'ContainerCannotRun', 'RunContainerError']);

function terminated(status: ContainerStatus, what: string): Progress {
  const ended = status.state?.terminated;
  if (!NEVER_BEGAN.has(ended?.reason ?? '')) return { state: 'started' };
  const why = ended?.message ?? ended?.reason ?? '';
  return { state: 'failed', error: new DeskpodError('app_unavailable', `${what} cannot be started: ${why}`) };
}
