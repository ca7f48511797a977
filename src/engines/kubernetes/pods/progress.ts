/** What a starting container waits for, and whether the wait is in vain. Pure. */
import { DeskpodError } from '#domain/errors.ts';
import { type ContainerStatus, type Pod, statusOf, unscheduled, waitingFor } from '../cluster/pod.ts';

/** Kubernetes retries forever, but these don't recover by themselves. */
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
/** ErrImagePull is the first failed attempt; with this reason the node waits ever longer between attempts. */
const GIVEN_UP = 'ImagePullBackOff';
/** With this answer the registry does not deliver the image, so another attempt is in vain. */
const NOT_TO_BE_HAD =
  /not found|manifest unknown|unauthorized|authentication required|denied|forbidden|does not exist|name unknown/i;

export type Progress =
  | { readonly state: 'waiting'; /** Null: only for its turn. */ readonly detail: string | null }
  | { readonly state: 'failed'; readonly error: DeskpodError }
  | { readonly state: 'started' };

/** Of one container in a pod; `what` is its app or service, for display. */
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

/** A failure that the node reports as an event at once, and as a state only ten seconds later; else null. */
export function failureInEvent(message: string, image: string, what: string): DeskpodError | null {
  const pull = PULL.exec(message)?.[1];
  const create = CREATE.exec(message)?.[1];
  // `Error: ErrImagePull` follows the other event and says less.
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

/** Exit code 128 with one of these: the runtime could not start it. */
const NEVER_BEGAN = new Set(['StartError', 'ContainerCannotRun', 'RunContainerError']);

function terminated(status: ContainerStatus, what: string): Progress {
  const ended = status.state?.terminated;
  if (!NEVER_BEGAN.has(ended?.reason ?? '')) return { state: 'started' };
  const why = ended?.message ?? ended?.reason ?? '';
  return { state: 'failed', error: new DeskpodError('app_unavailable', `${what} cannot be started: ${why}`) };
}
