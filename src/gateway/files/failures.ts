/** What the files service answered, if it isn't what was asked for, as an error of the product. */
import { DeskpodError } from '#domain/errors.ts';

/** RFC 4918, section 11.5: no room left. */
export const INSUFFICIENT_STORAGE = 507;

/** The error for a status of the service; `what` is the path, for people. */
export function failureOf(status: number, what: string): DeskpodError {
  switch (status) {
    case 403:
      return new DeskpodError('forbidden', `The desktop doesn’t allow this for ${what}.`, {
        remedy: 'Check the permissions of the file and its folder.',
      });
    case 404:
      return new DeskpodError('not_found', `${what} doesn’t exist.`);
    case 405:
    case 412:
      return new DeskpodError('name_taken', `${what} already exists.`, { remedy: 'Choose another name.' });
    case 409:
      return new DeskpodError('conflict', `The folder of ${what} doesn’t exist.`);
    case 413:
      return new DeskpodError('payload_too_large', `${what} is larger than the desktop accepts.`);
    case 423:
      return new DeskpodError('locked', `Another program has locked ${what}.`);
    case INSUFFICIENT_STORAGE:
      return new DeskpodError('limit_reached', 'The home folder has no room left.', {
        remedy: 'Delete what you don’t need, or ask an administrator for more room.',
      });
    default:
      return status >= 400 && status < 500 && status !== 401
        ? new DeskpodError('invalid_request', `The desktop refused ${what} with status ${status}.`)
        : new DeskpodError('service_unavailable', `The files service of the desktop failed with status ${status}.`, {
            remedy: 'Try again. If it keeps failing, rebuild the desktop.',
          });
  }
}

/** Whether an error of a handler is that there is no room left. */
export function isNoRoom(error: unknown): error is DeskpodError {
  return error instanceof DeskpodError && error.code === 'limit_reached';
}

export function tooLarge(what: string, maxBytes: number): DeskpodError {
  return new DeskpodError('payload_too_large', `${what} is larger than the ${maxBytes} bytes that you may transfer.`);
}

export function notAllowed(verb: 'upload' | 'download'): DeskpodError {
  return new DeskpodError('forbidden', `You aren’t allowed to ${verb} files.`, {
    remedy: `Ask an administrator: it is the setting files.${verb}.`,
  });
}
