/** Encrypts columns that can hold secrets: variables, logs, debug requests and recordings. */
import { STORE_KEY_BYTES } from '#domain/ports/store.ts';
import { ignore } from '#protocol/ignore.ts';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256-GCM with random nonces of 96 bits (NIST SP 800-38D, 8.2.2), each stored in front of its text. */
const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** No JSON document starts with it. */
export const PREFIX = 'enc:1:';

export interface ColumnCipher {
  encrypt(text: string): string;
  /** Null if it was encrypted with another key or changed since. Text of older servers isn't encrypted. */
  decrypt(stored: string): string | null;
}

const unreadable = ignore('a stored value was encrypted with another key', null);

/** Throws a RangeError unless the key has `STORE_KEY_BYTES` bytes. */
export function columnCipher(key: Uint8Array): ColumnCipher {
  if (key.length !== STORE_KEY_BYTES)
    throw new RangeError(`The key has ${key.length} bytes instead of ${STORE_KEY_BYTES}.`);
  return {
    encrypt(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce);
      const encrypted = [cipher.update(text, 'utf8'), cipher.final()];
      return PREFIX + Buffer.concat([nonce, cipher.getAuthTag(), ...encrypted]).toString('base64');
    },
    decrypt(stored) {
      if (!stored.startsWith(PREFIX)) return stored;
      const bytes = Buffer.from(stored.slice(PREFIX.length), 'base64');
      const tagEnd = NONCE_BYTES + TAG_BYTES;
      try {
        const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, tagEnd));
        return decipher.update(bytes.subarray(tagEnd), undefined, 'utf8') + decipher.final('utf8');
      } catch (error) {
        return unreadable(error);
      }
    },
  };
}
