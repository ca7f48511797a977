/** RSA keys in PEM files under the compatible system's names. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ignore } from '#protocol/ignore.ts';
import { DeskpodError } from '#domain/errors.ts';

export const SHORTEST_BITS = 2048;

/** The three pairs. */
export const KEY_NAMES = ['user_signing', 'desktop_signing', 'desktop_payload'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface KeyFiles {
  readonly privateFile: string;
  readonly publicFile: string;
}

export function filesOf(name: KeyName): KeyFiles {
  return filesOfStem(`abcdesktop_jwt_${name}`);
}

/** Files of the replacement for a pair that is too short. */
export function longerFilesOf(name: KeyName): KeyFiles {
  return filesOfStem(`abcdesktop_jwt_${name}_${SHORTEST_BITS}`);
}

function filesOfStem(stem: string): KeyFiles {
  return { privateFile: `${stem}_private_key.pem`, publicFile: `${stem}_public_key.pem` };
}

export function bitsOf(key: KeyObject): number {
  return key.asymmetricKeyDetails?.modulusLength ?? 0;
}

export function isLong(key: KeyObject): boolean {
  return bitsOf(key) >= SHORTEST_BITS;
}

export function pairOf(privateKey: KeyObject): KeyPair {
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

export async function generatePair(): Promise<KeyPair> {
  return await promisify(generateKeyPair)('rsa', { modulusLength: SHORTEST_BITS });
}

/** In the formats that the documented commands write: PKCS#1 for the public half of the payload key, SPKI for the others. */
export function pemsOf(name: KeyName, { privateKey, publicKey }: KeyPair): { private: string; public: string } {
  const type = name === 'desktop_payload' ? 'pkcs1' : 'spki';
  return {
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    public: publicKey.export({ type, format: 'pem' }).toString(),
  };
}

/** Null if the file doesn't exist; fails if it contains something else. */
export async function readPrivateKey(file: string): Promise<KeyObject | null> {
  const pem = await readIfExists(file);
  return pem === null ? null : privateKeyOf(pem, file);
}

/** `file` is the source of the text, for the message. */
export function privateKeyOf(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch (cause) {
    throw unreadable(file, 'an RSA private key in PEM form without a passphrase', cause);
  }
  throw unreadable(file, 'an RSA private key in PEM form without a passphrase', undefined);
}

/** Null if the file doesn't exist. `PUBLIC KEY` and `RSA PUBLIC KEY` are both accepted. */
export async function readPublicKey(file: string): Promise<KeyObject | null> {
  const pem = await readIfExists(file);
  if (pem === null) return null;
  const key = publicKeyOf(pem);
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw unreadable(file, 'an RSA public key in PEM form', undefined);
}

/** Null if the text isn't a public key. */
export function publicKeyOf(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch (error) {
    return ignore('the text is not a public key', null)(error);
  }
}

export async function readIfExists(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function unreadable(file: string, what: string, cause: unknown): DeskpodError {
  return new DeskpodError('internal_error', `${file} isn't ${what}.`, {
    remedy: 'Replace the file, or remove it to generate a new key.',
    cause,
  });
}

/** Atomic, also for two calls at the same time; never replaces an existing file. */
export async function writeOnce(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await link(temporary, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
