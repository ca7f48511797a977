/**
 * Password hashes: `scrypt$N$r$p$salt$hash`, salt and hash in base64url. The string contains the parameters, so that
 * they can be raised later while older hashes stay valid.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

interface Cost {
  /** Rounds, a power of two; memory is 128 · N · r bytes. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** 16 MiB and about a quarter of a second of one processor. */
const COST: Cost = { N: 2 ** 14, r: 8, p: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Limits for the parameters in a string: a damaged one mustn't exhaust the server's memory. */
const MOST_MEMORY = 256 * 1024 * 1024;
const MOST_WORK = 2 ** 25;

/** A new hash of the password, with a random salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST, HASH_BYTES);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether the hash belongs to the password. False also for a string that isn't such a hash. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parsed = parse(stored);
  if (!parsed) return false;
  const hash = await derive(password, parsed.salt, parsed.cost, parsed.hash.length);
  return timingSafeEqual(hash, parsed.hash);
}

/** Takes as long as a real check and never succeeds: for unknown names. */
export async function verifyNothing(password: string): Promise<void> {
  await derive(password, Buffer.alloc(SALT_BYTES), COST, HASH_BYTES);
}

function parse(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | null {
  const match = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{8,256})\$([\w-]{22,256})$/.exec(stored);
  if (!match) return null;
  const [, N, r, p, salt = '', hash = ''] = match;
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const powerOfTwo = cost.N > 1 && Number.isInteger(Math.log2(cost.N));
  if (!powerOfTwo || cost.r < 1 || cost.p < 1) return null;
  if (128 * cost.N * cost.r > MOST_MEMORY || cost.N * cost.r * cost.p > MOST_WORK) return null;
  return { cost, salt: Buffer.from(salt, 'base64url'), hash: Buffer.from(hash, 'base64url') };
}

function derive(password: string, salt: Buffer, cost: Cost, bytes: number): Promise<Buffer> {
  // Composed, so that é is the same on every keyboard.
  const secret = password.normalize('NFC');
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, bytes, { ...cost, maxmem: 2 * MOST_MEMORY }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}
