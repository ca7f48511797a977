/** Addresses and networks: who is asking, seen from afar. */
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** A test for membership in any of the networks, each an address or CIDR. An IPv4 address inside IPv6 counts as IPv4. */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return (address) => {
    const plain = unmapped(address);
    if (isIPv4(plain)) return list.check(plain, 'ipv4');
    return isIPv6(plain) && list.check(plain, 'ipv6');
  };
}

/** What one caller can take addresses from at will: an IPv4 address itself, of IPv6 the first 64 bits. */
export function neighbourhood(address: string): string {
  const plain = unmapped(address);
  if (!isIPv6(plain)) return plain;
  const { address: normal } = new SocketAddress({ address: plain.replace(/%.*$/, ''), family: 'ipv6' });
  const [head = '', tail] = normal.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  return [...left, ...(tail === undefined ? [] : zeros), ...right].slice(0, 4).join(':');
}

function unmapped(address: string): string {
  const match = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return match?.[1] ?? address;
}
