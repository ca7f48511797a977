/**
 * The hardware address of an app pod says its execute class, so that rules of nftables can tell: unlike an IP address, it
 * is known before the program starts. No container can change or forge its own (no NET_ADMIN, no NET_RAW).
 */
import { createHash, randomBytes } from 'node:crypto';

/** Three bytes between the first one, of which two bits have a meaning, and the last two. */
const MASK = '00:ff:ff:ff:00:00';
/** Locally administered, not a group. */
const LOCAL = 0x02;

/** A new address of this class; the other bytes are random, because two of one desktop must differ. */
export function classMac(executeClass: string): string {
  const [first = 0, ...last] = randomBytes(3);
  return octets([(first & 0xfc) | LOCAL, ...digest(executeClass), ...last]);
}

/** A condition of nftables: the sender is of this class. */
export function classMatch(executeClass: string): string {
  return `ether saddr & ${MASK} == ${octets([0, ...digest(executeClass), 0, 0])}`;
}

function digest(executeClass: string): Buffer {
  return createHash('sha256').update(executeClass).digest().subarray(0, 3);
}

function octets(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
