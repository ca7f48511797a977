/** Refusals of a toolbox or a copy as actionable errors. Pure. */
import { DeskpodError } from '#domain/errors.ts';
import { ApiFault, hasStatus } from '../cluster/api-fault.ts';

const NO_RIGHT = /cannot (?:patch|create|update|get|list) resource "([^"]+)"/;
/** By the API server's own admission, or by a webhook. */
const NOT_ADMITTED = /violates PodSecurity|is forbidden: |denied the request/;
const ALREADY = /may not be changed|already exists|Duplicate value/;

export interface Asked {
  /** `The toolbox debugger-x7f2k` */
  readonly what: string;
  readonly name: string;
  readonly pod: string;
  readonly profile: string | null;
}

/** Maps an API server's refusal of an ephemeral container or a pod; returns other errors unchanged. */
export function toEngineError(error: unknown, { what, name, pod, profile }: Asked): unknown {
  if (error instanceof DeskpodError || !(error instanceof ApiFault)) return error;
  const cause = error;
  const says = sentence(error);
  const right = NO_RIGHT.exec(error.message)?.[1];
  if (hasStatus(error, 403) && right !== undefined) return lacksRight(right, cause);
  if (hasStatus(error, 403, 400) && NOT_ADMITTED.test(error.message)) {
    const which = profile === null ? what : `${what} with the profile ${profile}`;
    return new DeskpodError('profile_refused', `The cluster does not admit ${which}: ${says}`, {
      remedy: 'Choose a narrower profile, or ask an administrator to raise the Pod Security level of the namespace.',
      cause,
    });
  }
  if (hasStatus(error, 404))
    return new DeskpodError('desktop_missing', `${pod} ended before ${what} could be added.`, { cause });
  if (hasStatus(error, 422) && ALREADY.test(error.message))
    return new DeskpodError('name_taken', `There is a container ${name} in ${pod} already.`, { cause });
  if (hasStatus(error, 409)) return new DeskpodError('name_taken', `A pod named ${name} exists already.`, { cause });
  if (hasStatus(error, 422, 400))
    return new DeskpodError('invalid_request', `The cluster refuses ${what}: ${says}`, { cause });
  if (hasStatus(error, 413))
    return new DeskpodError('limit_reached', `${pod} has grown too large for another container.`, { cause });
  return new DeskpodError('engine_unavailable', `${what} could not be added: ${says}`, { cause });
}

/** The API server's message without the object's name in front. */
export function sentence({ message }: Error): string {
  return message.replace(/^\S+ "[^"]*" is (?:forbidden|invalid): /, '');
}

function lacksRight(resource: string, cause: unknown): DeskpodError {
  const verbs = resource === 'pods/ephemeralcontainers' ? 'patch' : 'create and get';
  return new DeskpodError('forbidden', `The cluster does not let this server use ${resource}.`, {
    remedy: `Its role needs a rule with resources [${resource}] and verbs [${verbs}]: see pyos-role.`,
    cause,
  });
}

/** A user that the pod's security context does not allow: reported only when the node creates the container. */
const NON_ROOT = /runAsNonRoot|non-root/;

export function startFault(error: unknown, what: string): unknown {
  if (!(error instanceof DeskpodError) || error.code !== 'app_unavailable' || !NON_ROOT.test(error.message))
    return error;
  return new DeskpodError(
    'profile_refused',
    `${what} would run as root, which its pod does not allow: ${error.message}`,
    { remedy: 'Set another user, or choose an image whose user is not root.', cause: error },
  );
}
