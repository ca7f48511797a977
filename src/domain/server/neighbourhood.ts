/** What one caller can take addresses from at will. */
import { isIPv6, SocketAddress } from 'node:net';
import { plainAddress } from './networks.ts';

/** An IPv4 address itself, of IPv6 the first 64 bits. */
export function neighbourhood(address: string): string {
  const plain = plainAddress(address);
  if (!isIPv6(plain)) return plain;
  const { address: normal } = new SocketAddress({ address: plain.replace(/%.*$/, ''), family: 'ipv6' });
  const [head = '', tail] = normal.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...(tail === undefined ? [] : zeros), ...right].slice(0, 4).join(':');
}
