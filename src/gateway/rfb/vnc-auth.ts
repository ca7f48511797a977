/** The response to an RFB VncAuth challenge: DES with the password as the key. */
import { createCipheriv } from 'node:crypto';

const KEY_BYTES = 8;

/** `challenge` is 16 bytes; of the password the first 8 bytes count. */
export function vncAuthResponse(password: string, challenge: Buffer): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  key.write(password, 0, KEY_BYTES, 'latin1');
  const mirrored = Buffer.from(key.map(reverseBits));
  // OpenSSL 3 has no single DES without its legacy provider; triple DES with one key three times is the same.
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([mirrored, mirrored, mirrored]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** VncAuth takes every byte of the key with its bits mirrored. */
function reverseBits(byte: number): number {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit++) mirrored |= ((byte >> bit) & 1) << (7 - bit);
  return mirrored;
}
