/**
 * The RSA keys of tokens and tickets: three pairs in one folder under the compatible system's file names. Missing ones
 * are made; ones that are too short are left alone and new ones are made beside them.
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeskpodError } from '../domain/errors.ts';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Keys {
  /** Signs user tokens. */
  readonly userSigning: KeyPair;
  /** Signs tickets. */
  readonly desktopSigning: KeyPair;
  /** Encrypts what is inside tickets: its public half is kept as secret as the private one. */
  readonly desktopPayload: KeyPair;
}

const SHORTEST_BITS = 2048;

/** Reads the keys of a folder, made with them if missing. `warnings` are sentences for the operator. */
export async function loadKeys(dir: string): Promise<{ keys: Keys; warnings: readonly string[] }> {
  const warnings: string[] = [];
  const pair = (name: string) => loadPair(dir, `abcdesktop_jwt_${name}`, warnings);
  const [userSigning, desktopSigning, desktopPayload] = await Promise.all([
    pair('user_signing'),
    pair('desktop_signing'),
    pair('desktop_payload'),
  ]);
  return { keys: { userSigning, desktopSigning, desktopPayload }, warnings };
}

async function loadPair(dir: string, stem: string, warnings: string[]): Promise<KeyPair> {
  const file = join(dir, `${stem}_private_key.pem`);
  const given = await readPrivateKey(file);
  if (!given) return makePair(dir, stem, warnings);
  const bits = given.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits >= SHORTEST_BITS) return checkPublic(dir, stem, given, warnings);
  warnings.push(`${file} has ${bits} bits, which can be broken: a new key of ${SHORTEST_BITS} bits is used instead.`);
  const longer = `${stem}_${SHORTEST_BITS}`;
  const made = await readPrivateKey(join(dir, `${longer}_private_key.pem`));
  return made ? pairOf(made) : makePair(dir, longer, warnings);
}

/** The public half follows from the private one; a file that says otherwise is worth a word. */
async function checkPublic(dir: string, stem: string, privateKey: KeyObject, warnings: string[]): Promise<KeyPair> {
  const pair = pairOf(privateKey);
  const file = join(dir, `${stem}_public_key.pem`);
  const pem = await readIfThere(file);
  // Both forms are read: `PUBLIC KEY` and, as the payload key of the compatible system has it, `RSA PUBLIC KEY`.
  if (pem !== null && !readPublicKey(pem)?.equals(pair.publicKey)) {
    warnings.push(`${file} is not the public half of ${stem}_private_key.pem and is not used.`);
  }
  return pair;
}

async function makePair(dir: string, stem: string, warnings: string[]): Promise<KeyPair> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: SHORTEST_BITS });
  const file = join(dir, `${stem}_private_key.pem`);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeOnce(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warnings.push(`${file} could not be written (${why}): everybody has to log in again after a restart.`);
    return pairOf(privateKey);
  }
  // Another process may have been first: its key is the one that counts.
  const pair = pairOf((await readPrivateKey(file)) ?? privateKey);
  const type = stem.includes('payload') ? 'pkcs1' : 'spki';
  await writeOnce(join(dir, `${stem}_public_key.pem`), pair.publicKey.export({ type, format: 'pem' }).toString());
  return pair;
}

/** Whole or not at all, and never over a file that is there. */
async function writeOnce(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  try {
    await writeFile(temporary, text, { mode: 0o600 });
    await link(temporary, file);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function readPrivateKey(file: string): Promise<KeyObject | null> {
  const pem = await readIfThere(file);
  if (pem === null) return null;
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch (cause) {
    throw unreadable(file, cause);
  }
  throw unreadable(file, undefined);
}

function readPublicKey(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch {
    return null;
  }
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

function pairOf(privateKey: KeyObject): KeyPair {
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function unreadable(file: string, cause: unknown): DeskpodError {
  return new DeskpodError('internal_error', `${file} is not an RSA private key in PEM form without a passphrase.`, {
    remedy: 'Put the right file there, or remove it: then a new key is made.',
    cause,
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
