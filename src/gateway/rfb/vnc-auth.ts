/** The response to an RFB VncAuth challenge: DES with the password as the key. */
import { createCipheriv } from 'node:crypto';

const KEY_BYTES = 8;

/** `challenge` has 16 bytes; only the first 8 bytes of the password count. */
export function vncAuthResponse(password: string, challenge: Buffer): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  key.write(password, 0, KEY_BYTES, 'latin1');
  const mirrored = Buffer.from(key.map(reverseBits));
  // OpenSSL 3 only has single DES in its legacy provider; triple DES with the same key three times is equivalent.
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([mirrored, mirrored, mirrored]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** VncAuth mirrors the bits of every byte of the key. */
function reverseBits(byte: number): number {
  let mirrored = 0;
  for (let bit = 0; bit < 8; bit++) mirrored |= ((byte >> bit) & 1) << (7 - bit);
  return mirrored;
}
