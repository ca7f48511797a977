/** What a gateway proves itself with to the api role: both derive it from keys that they share anyway. */
import { createHash, hkdfSync, type KeyObject } from 'node:crypto';
import type { Keys } from './keys.ts';

/**
 * `forward`: sent with every request that is passed on. `closings`: only with the gateway's own. `state`: never sent, tells
 * one set of keys from another. Where one of the three pairs is another, the last two are others, too.
 */
export type GatewayPurpose = 'forward' | 'closings' | 'state';

interface PublicHalf {
  readonly publicKey: KeyObject;
}
/** Of the signing pairs a gateway may have the public halves alone. */
interface SharedKeys extends Pick<Keys, 'desktopPayload'> {
  readonly userSigning: PublicHalf;
  readonly desktopSigning: PublicHalf;
}

export function gatewayToken(keys: SharedKeys, purpose: GatewayPurpose): string {
  const secret = keys.desktopPayload.privateKey.export({ type: 'pkcs8', format: 'der' });
  const salt = purpose === 'forward' ? 'deskpod' : fingerprint(keys);
  return Buffer.from(hkdfSync('sha256', secret, salt, `gateway ${purpose}`, 32)).toString('base64url');
}

function fingerprint({ userSigning, desktopSigning }: SharedKeys): Buffer {
  const hash = createHash('sha256');
  for (const { publicKey } of [userSigning, desktopSigning])
    hash.update(publicKey.export({ type: 'spki', format: 'der' }));
  return hash.digest();
}
