/**
 * The keys of a gateway in a process of its own. It makes none: it waits until those of the api role are mounted. Of the
 * signing keys the public halves are enough.
 */
import type { KeyObject } from 'node:crypto';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
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

/** A folder may appear later, and not every file system tells of changes. */
const LOOK_AGAIN_MS = 2_000;

/** The keys, or in words what is missing. The longer ones that stand in for short ones may be beside `dir`, in `<dir>-2048`. */
export async function readGatewayKeys(dir: string): Promise<GatewayKeys | string> {
  const [userSigning, desktopSigning, desktopPayload] = await Promise.all([
    longOne(dir, 'user_signing', publicHalf),
    longOne(dir, 'desktop_signing', publicHalf),
    longOne(dir, 'desktop_payload', readPrivateKeyOf),
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

/** Resolves when they are there; `waiting` is told why they are not. Rejects when aborted. */
export async function awaitGatewayKeys(
  dir: string,
  waiting: (reason: string) => void,
  signal: AbortSignal,
): Promise<GatewayKeys> {
  for (;;) {
    const changed = nextChange([dir, besides(dir)], signal);
    const keys = await readGatewayKeys(dir).catch((error: unknown) => String(error));
    if (typeof keys !== 'string') return keys;
    waiting(keys);
    await changed;
    signal.throwIfAborted();
  }
}

type Read = (dir: string, files: KeyFiles) => Promise<KeyObject | null>;

async function longOne(dir: string, name: KeyName, read: Read): Promise<KeyObject | null> {
  const found = await Promise.all([
    read(dir, filesOf(name)),
    read(dir, longerFilesOf(name)),
    read(besides(dir), longerFilesOf(name)),
  ]);
  return found.find((key) => key !== null && isLong(key)) ?? null;
}

async function publicHalf(dir: string, files: KeyFiles): Promise<KeyObject | null> {
  // The private one counts, as for the api role: the public file may be of another pair.
  const privateKey = await readPrivateKeyOf(dir, files);
  return privateKey === null ? readPublicKey(join(dir, files.publicFile)) : pairOf(privateKey).publicKey;
}

function readPrivateKeyOf(dir: string, { privateFile }: KeyFiles): Promise<KeyObject | null> {
  return readPrivateKey(join(dir, privateFile));
}

function besides(dir: string): string {
  return `${dir.replace(/\/+$/, '')}-2048`;
}

function missing(dir: string, name: KeyName): string {
  const file = filesOf(name).privateFile;
  return `waiting for keys: ${file} of 2048 bits or more is neither in ${dir} nor, made by the api role, in ${besides(dir)}`;
}

/** Resolves at a change in one of the folders, or a moment later; never rejects. */
async function nextChange(folders: readonly string[], signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  for (const folder of folders) {
    try {
      watch(folder, { signal: done.signal }, () => done.abort()).on('error', () => {});
    } catch {
      // It is not there yet.
    }
  }
  await delay(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([done.signal, signal]) }).catch(() => {});
  done.abort();
}
