/**
 * The RSA keys of tokens and tickets: three pairs in one folder under the compatible system's file names. Missing ones
 * are made; ones that are too short are left alone and new ones are made beside them.
 */
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemWarning } from '../protocol/system.ts';
import {
  bitsOf,
  filesOf,
  hasCode,
  isLong,
  type KeyFiles,
  type KeyName,
  type KeyPair,
  longerFilesOf,
  makePair,
  pairOf,
  pemsOf,
  publicKeyOf,
  readIfThere,
  readPrivateKey,
  SHORTEST_BITS,
} from './key-files.ts';

export interface Keys {
  /** Signs user tokens. */
  readonly userSigning: KeyPair;
  /** Signs tickets. */
  readonly desktopSigning: KeyPair;
  /** Encrypts what is inside tickets: its public half is kept as secret as the private one. */
  readonly desktopPayload: KeyPair;
}

export interface LoadedKeys {
  readonly keys: Keys;
  readonly warnings: readonly SystemWarning[];
}

/** Reads the keys of a folder, made with them if missing. */
export async function loadKeys(dir: string): Promise<LoadedKeys> {
  const warnings: SystemWarning[] = [];
  const pair = (name: KeyName) => loadPair(dir, name, warnings);
  const loading = [pair('user_signing'), pair('desktop_signing'), pair('desktop_payload')] as const;
  // One that fails leaves no other behind that still writes.
  await Promise.allSettled(loading);
  const [userSigning, desktopSigning, desktopPayload] = await Promise.all(loading);
  return { keys: { userSigning, desktopSigning, desktopPayload }, warnings };
}

async function loadPair(dir: string, name: KeyName, warnings: SystemWarning[]): Promise<KeyPair> {
  const files = filesOf(name);
  const file = join(dir, files.privateFile);
  const given = await readPrivateKey(file);
  if (!given) return makeFiles(dir, name, files, warnings);
  if (isLong(given)) {
    warnings.push(...(await publicHalfWarning(dir, files, pairOf(given))));
    return pairOf(given);
  }
  warnings.push({
    text: `${file} has ${bitsOf(given)} bits, which can be broken: a new key of ${SHORTEST_BITS} bits is used instead. Remove it and restart to be rid of this.`,
    commands: [`rm ${file} ${join(dir, files.publicFile)}`],
  });
  const longer = longerFilesOf(name);
  const made = await readPrivateKey(join(dir, longer.privateFile));
  return made ? pairOf(made) : makeFiles(dir, name, longer, warnings);
}

/** The public half follows from the private one; a file that says otherwise is worth a word. */
export async function publicHalfWarning(dir: string, files: KeyFiles, pair: KeyPair): Promise<SystemWarning[]> {
  const file = join(dir, files.publicFile);
  const pem = await readIfThere(file);
  if (pem === null || publicKeyOf(pem)?.equals(pair.publicKey)) return [];
  return [{ text: `${file} is not the public half of ${files.privateFile} and is not used.`, commands: [] }];
}

async function makeFiles(dir: string, name: KeyName, files: KeyFiles, warnings: SystemWarning[]): Promise<KeyPair> {
  const made = await makePair();
  const file = join(dir, files.privateFile);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeOnce(file, pemsOf(name, made).private);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const text = `${file} could not be written (${why}): everybody has to log in again after a restart.`;
    warnings.push({ text, commands: [] });
    return made;
  }
  // Another process may have been first: its key is the one that counts.
  const pair = pairOf((await readPrivateKey(file)) ?? made.privateKey);
  await writeOnce(join(dir, files.publicFile), pemsOf(name, pair).public);
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
