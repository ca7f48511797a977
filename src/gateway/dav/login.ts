/** What a file manager logs in with: HTTP Basic (RFC 7617), over HTTPS unless it runs on this machine. Pure. */
import type { IncomingHttpHeaders } from 'node:http';
import { DeskpodError } from '#domain/errors.ts';
import { isLoopback } from '#domain/server/networks.ts';
import type { DavLogin } from '#protocol/access-token.ts';
import { UNKNOWN_CLIENT_HEADER } from '#protocol/forwarding.ts';

const LONGEST = 1024;

/** The forwarding headers are verified. Fails with `forbidden` without HTTPS, `login_refused` without a login. */
export function loginOf(headers: IncomingHttpHeaders): DavLogin {
  const address = String(headers['x-forwarded-for'] ?? 'unknown');
  const isHere = isLoopback(address) && headers[UNKNOWN_CLIENT_HEADER] === undefined;
  if (headers['x-forwarded-proto'] !== 'https' && !isHere)
    throw new DeskpodError('forbidden', 'Files are opened only over HTTPS: the access token would be readable.', {
      remedy: 'Use the address that starts with https.',
    });
  const [, encoded = ''] = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(headers.authorization ?? '') ?? [];
  const text = encoded.length > LONGEST ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [userId, token] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
  if (userId === '' || token === '' || userId.length > 256 || token.length > 256)
    throw new DeskpodError('login_refused', 'Log in with your user ID, and an access token as password.', {
      remedy: 'Make one in the settings of the desktop, on the page User.',
    });
  return { userId, token, address: address.slice(0, 64) };
}
