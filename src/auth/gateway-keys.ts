/**
 * The keys of a gateway without the role api. It generates none but waits until those of the API are mounted. Of the
 * signing keys, it only needs the public halves.
 */
import type { KeyObject } from 'node:crypto';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ignore } from '#protocol/ignore.ts';
import {
  filesOf,
  isLong,
  type KeyFiles,
  type KeyName,
  type KeyPair,
  longerFilesOf,
  pairOf,
  readPrivateKey,
  readPublicKey,
} from './key-files.ts';

export interface GatewayKeys {
  readonly userSigning: { readonly publicKey: KeyObject };
  readonly desktopSigning: { readonly publicKey: KeyObject };
  readonly desktopPayload: KeyPair;
}

/** A folder may appear later, and not every file system reports changes. */
const POLL_MS = 2_000;

/** The keys, or a text that says what is missing. Replacements for short keys may be in `<dir>-2048`. */
export async function readGatewayKeys(dir: string): Promise<GatewayKeys | string> {
  const [userSigning, desktopSigning, desktopPayload] = await Promise.all([
    findLongKey(dir, 'user_signing', publicHalf),
    findLongKey(dir, 'desktop_signing', publicHalf),
    findLongKey(dir, 'desktop_payload', readPrivateKeyOf),
  ]);
  if (userSigning === null) return missing(dir, 'user_signing');
  if (desktopSigning === null) return missing(dir, 'desktop_signing');
  if (desktopPayload === null) return missing(dir, 'desktop_payload');
  return {
    userSigning: { publicKey: userSigning },
    desktopSigning: { publicKey: desktopSigning },
    desktopPayload: pairOf(desktopPayload),
  };
}

/** Resolves when the keys exist; calls `waiting` with the reason until then. Rejects when aborted. */
export async function awaitGatewayKeys(
  dir: string,
  waiting: (reason: string) => void,
  signal: AbortSignal,
): Promise<GatewayKeys> {
  for (;;) {
    const changed = nextChange([dir, replacementFolder(dir)], signal);
    const keys = await readGatewayKeys(dir).catch((error: unknown) => String(error));
    if (typeof keys !== 'string') return keys;
    waiting(keys);
    await changed;
    signal.throwIfAborted();
  }
}

type Read = (dir: string, files: KeyFiles) => Promise<KeyObject | null>;

async function findLongKey(dir: string, name: KeyName, read: Read): Promise<KeyObject | null> {
  const found = await Promise.all([
    read(dir, filesOf(name)),
    read(dir, longerFilesOf(name)),
    read(replacementFolder(dir), longerFilesOf(name)),
  ]);
  return found.find((key) => key !== null && isLong(key)) ?? null;
}

async function publicHalf(dir: string, files: KeyFiles): Promise<KeyObject | null> {
  // The private key takes precedence, as in the API: the public file may belong to another pair.
  const privateKey = await readPrivateKeyOf(dir, files);
  return privateKey === null ? readPublicKey(join(dir, files.publicFile)) : pairOf(privateKey).publicKey;
}

function readPrivateKeyOf(dir: string, { privateFile }: KeyFiles): Promise<KeyObject | null> {
  return readPrivateKey(join(dir, privateFile));
}

function replacementFolder(dir: string): string {
  return `${dir.replace(/\/+$/, '')}-2048`;
}

function missing(dir: string, name: KeyName): string {
  const { privateFile, publicFile } = filesOf(name);
  const file = name === 'desktop_payload' ? privateFile : publicFile;
  return `waiting for keys: ${file} with at least 2048 bits is neither in ${dir} nor, created by the API, in ${replacementFolder(dir)}`;
}

/** Resolves when one of the folders changes, or after a moment; never rejects. */
async function nextChange(folders: readonly string[], signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  for (const folder of folders) {
    try {
      watch(folder, { signal: done.signal }, () => done.abort()).on('error', ignore('polling finds the keys, too'));
    } catch (error) {
      ignore('the folder of the keys does not exist yet')(error);
    }
  }
  await delay(POLL_MS, undefined, { signal: AbortSignal.any([done.signal, signal]) }).catch(
    ignore('the folder changed or the server stops'),
  );
  done.abort();
}
