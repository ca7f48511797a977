/**
 * The RSA keys for tokens and tickets: three pairs in one folder, with the compatible system's file names. Missing pairs
 * are generated; pairs that are too short stay, and longer ones are generated next to them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SystemWarning } from '#protocol/system.ts';
import {
  bitsOf,
  filesOf,
  isLong,
  type KeyFiles,
  type KeyName,
  type KeyPair,
  longerFilesOf,
  generatePair,
  pairOf,
  pemsOf,
  publicKeyOf,
  readIfExists,
  readPrivateKey,
  SHORTEST_BITS,
  writeOnce,
} from './key-files.ts';
import { messageOf } from '#domain/errors.ts';

export interface Keys {
  /** Signs user tokens. */
  readonly userSigning: KeyPair;
  /** Signs tickets. */
  readonly desktopSigning: KeyPair;
  /** Encrypts the contents of tickets: its public half is as secret as the private one. */
  readonly desktopPayload: KeyPair;
}

export interface LoadedKeys {
  readonly keys: Keys;
  readonly warnings: readonly SystemWarning[];
}

/** Reads the keys of a folder; generates missing ones, and the folder. */
export async function loadKeys(dir: string): Promise<LoadedKeys> {
  const warnings: SystemWarning[] = [];
  const pair = (name: KeyName) => loadPair(dir, name, warnings);
  const loading = [pair('user_signing'), pair('desktop_signing'), pair('desktop_payload')] as const;
  // If one fails, the others have finished writing.
  await Promise.allSettled(loading);
  const [userSigning, desktopSigning, desktopPayload] = await Promise.all(loading);
  return { keys: { userSigning, desktopSigning, desktopPayload }, warnings };
}

async function loadPair(dir: string, name: KeyName, warnings: SystemWarning[]): Promise<KeyPair> {
  const files = filesOf(name);
  const file = join(dir, files.privateFile);
  const given = await readPrivateKey(file);
  if (!given) return generateFiles(dir, name, files, warnings);
  if (isLong(given)) {
    warnings.push(...(await publicHalfWarning(dir, files, pairOf(given))));
    return pairOf(given);
  }
  warnings.push({
    text: `${file} has ${bitsOf(given)} bits, which isn't secure. A new key of ${SHORTEST_BITS} bits is used instead. To use it permanently, remove the file and restart.`,
    commands: [`rm ${file} ${join(dir, files.publicFile)}`],
  });
  const longer = longerFilesOf(name);
  const generated = await readPrivateKey(join(dir, longer.privateFile));
  return generated ? pairOf(generated) : generateFiles(dir, name, longer, warnings);
}

/** The public half is derived from the private one; a file with another one causes a warning. */
async function publicHalfWarning(dir: string, files: KeyFiles, pair: KeyPair): Promise<SystemWarning[]> {
  const file = join(dir, files.publicFile);
  const pem = await readIfExists(file);
  if (pem === null || publicKeyOf(pem)?.equals(pair.publicKey)) return [];
  return [{ text: `${file} isn't the public half of ${files.privateFile}, so it isn't used.`, commands: [] }];
}

async function generateFiles(dir: string, name: KeyName, files: KeyFiles, warnings: SystemWarning[]): Promise<KeyPair> {
  const generated = await generatePair();
  const file = join(dir, files.privateFile);
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await writeOnce(file, pemsOf(name, generated).private);
  } catch (error) {
    const why = messageOf(error);
    const text = `${file} couldn't be written (${why}). All users must log in again after a restart.`;
    warnings.push({ text, commands: [] });
    return generated;
  }
  // Another process may have been first: then its key is used.
  const pair = pairOf((await readPrivateKey(file)) ?? generated.privateKey);
  await writeOnce(join(dir, files.publicFile), pemsOf(name, pair).public);
  return pair;
}
