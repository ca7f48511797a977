/** Registry names for pushing images and exporting apps. */
import { DeskpodError } from '#domain/errors.ts';
import { fullName, parseReference } from '#containers-client/references.ts';

/** Removes a final slash. Throws `invalid_request` if no image name can start with it. */
export function checkedRegistry(text: string): string {
  const registry = text.replace(/\/+$/, '');
  const parsed = parseReference(`${registry}/image:1`);
  if (parsed !== null && fullName(parsed) === `${registry}/image:1`) return registry;
  throw new DeskpodError('invalid_request', `${text} is not the name of a registry.`, {
    remedy: 'Use host, port and path without https://, for example registry.example:5000/deskpod.',
  });
}
