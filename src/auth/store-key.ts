/**
 * The key that encrypts columns of the store: on Kubernetes in a Secret that the first replica creates, otherwise in a file
 * beside the other keys.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { type SecretStore, sharedSecret } from '#domain/ports/secret-store.ts';
import { type Store, STORE_KEY_BYTES } from '#domain/ports/store.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { readIfExists, writeOnce } from './key-files.ts';

export const STORE_KEY_SECRET = 'deskpod-store-key';
/** In the folder of the keys. */
export const STORE_KEY_FILE = 'store.key';
const FIELD = 'key';
/** Which key the store was encrypted with: enough to tell keys apart, useless for guessing one. */
const FINGERPRINT = 'store key';
/** The fingerprint of the key that could read everything: while the key is the same, nothing has to be searched. */
const ALL_READABLE = 'store key reads all';
const FINGERPRINT_LENGTH = 16;

/** All replicas get the same key. Throws `internal_error` if the Secret holds no valid key. */
export async function clusterStoreKey(secretStore: SecretStore): Promise<Buffer> {
  const secret = await sharedSecret(secretStore, STORE_KEY_SECRET, async () => ({ [FIELD]: generate() }));
  return decoded(secret[FIELD] ?? '', `Secret ${STORE_KEY_SECRET}`);
}

/** Generates the file if it's missing. Throws `internal_error` if it can't be written, or holds no valid key. */
export async function localStoreKey(dir: string): Promise<Buffer> {
  const file = join(dir, STORE_KEY_FILE);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if ((await readIfExists(file)) === null) await writeOnce(file, `${generate()}\n`);
  } catch (cause) {
    throw new DeskpodError('internal_error', `Can’t write ${file}: ${messageOf(cause)}.`, {
      remedy: 'Check that the server may write to the folder.',
      cause,
    });
  }
  return decoded((await readIfExists(file)) ?? '', file);
}

/** A warning while the store has values of another key, which can't be read. */
export async function keyWarnings(
  store: Pick<Store, 'values' | 'hasUnreadable'>,
  key: Uint8Array,
): Promise<SystemWarning[]> {
  const { values } = store;
  const fingerprint = createHash('sha256').update(key).digest('base64url').slice(0, FINGERPRINT_LENGTH);
  if ((await values.get(FINGERPRINT)) !== fingerprint) {
    await values.set(ALL_READABLE, '');
    await values.set(FINGERPRINT, fingerprint);
  }
  if ((await values.get(ALL_READABLE)) === fingerprint) return [];
  if (!(await store.hasUnreadable())) {
    await values.set(ALL_READABLE, fingerprint);
    return [];
  }
  const text =
    'Parts of the database were encrypted with another key. Variables and logs of past launches, and past debug sessions, can’t be read. ' +
    `To read them again, stop the server, restore ${STORE_KEY_FILE} (on Kubernetes: the Secret ${STORE_KEY_SECRET}) from the same copy as the database, and start it. ` +
    'If you don’t need them, there is nothing to do: they are removed after launches.keepDays and debug.keepDays, and this warning ends with the next start after that.';
  return [{ text, commands: [] }];
}

function generate(): string {
  return randomBytes(STORE_KEY_BYTES).toString('base64');
}

function decoded(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === STORE_KEY_BYTES) return key;
  throw new DeskpodError('internal_error', `The key in ${where} isn’t ${STORE_KEY_BYTES} bytes in base64.`, {
    remedy:
      'Restore it from a copy. If there is none, remove it: another one is generated, and encrypted values of the past are lost.',
  });
}
