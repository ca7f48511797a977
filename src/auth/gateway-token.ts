/** What a gateway proves itself with to the api role: both derive it from a key that they share anyway. */
import { hkdfSync } from 'node:crypto';
import type { Keys } from './keys.ts';

/** `forward`: sent with every request that is passed on. `closings`: only with the gateway's own. */
export type GatewayPurpose = 'forward' | 'closings';

export function gatewayToken({ desktopPayload }: Pick<Keys, 'desktopPayload'>, purpose: GatewayPurpose): string {
  const secret = desktopPayload.privateKey.export({ type: 'pkcs8', format: 'der' });
  return Buffer.from(hkdfSync('sha256', secret, 'deskpod', `gateway ${purpose}`, 32)).toString('base64url');
}
