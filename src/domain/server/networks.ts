/** Addresses and networks: who is asking, seen from afar. */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/** Whether an address belongs to any of the networks; false for null. */
export type NetworkMatcher = (address: string | null) => boolean;

/**
 * Networks are addresses or ranges such as 10.0.0.0/8. An IPv4 address inside IPv6 counts as IPv4. Throws an error
 * that names the entry if one is neither.
 */
export function networkMatcher(networks: readonly string[]): NetworkMatcher {
  const list = new BlockList();
  for (const network of networks) {
    const { address, bits, family } = parseNetwork(network);
    list.addSubnet(address, bits, family);
  }
  return (address) => {
    const plain = address === null ? null : plainAddress(address);
    const family = isIP(plain ?? '');
    return plain !== null && family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** Whether only this machine reaches the address. */
export const isLoopback = networkMatcher(['127.0.0.0/8', '::1']);

/** The same for the host of a URL or a `Host` header: `localhost` counts, any other name can be anything. */
export function isLoopbackHost(host: string): boolean {
  return host.toLowerCase() === 'localhost' || isLoopback(host.replace(/^\[(.*)\]$/, '$1'));
}

/** The same for a network such as 127.0.0.0/8. */
export function isLoopbackNetwork(network: string): boolean {
  return isLoopback(network.replace(/\/.*$/, ''));
}

/**
 * The address in canonical form, null if the text isn't one: IPv6 compressed and without a zone, an IPv4 address inside
 * IPv6, as on a socket of both families, as IPv4.
 */
export function parseAddress(text: string): string | null {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return null;
  const host = URL.parse(`http://[${text.replace(/%.*$/, '')}]`)?.hostname ?? '';
  const [, high, low] = /^\[::ffff:([\da-f]{1,4}):([\da-f]{1,4})\]$/.exec(host) ?? [];
  if (high === undefined || low === undefined) return host.slice(1, -1);
  return [high, low].flatMap((pair) => [parseInt(pair, 16) >> 8, parseInt(pair, 16) & 255]).join('.');
}

/** The canonical form of an address; other text stays unchanged. */
export function plainAddress(address: string): string {
  return parseAddress(address) ?? address;
}

/**
 * Whether an address is a node's, given the nodes' pod ranges: the range's own address or its first host. Traffic through a
 * node port has such an address if the node rewrote the sender.
 */
export function nodeMatcher(ranges: readonly string[]): NetworkMatcher {
  return networkMatcher(ranges.flatMap((range) => [parseNetwork(range).address, firstHost(range)]));
}

/** Whether an address is a pod's. */
export function podMatcher(ranges: readonly string[]): NetworkMatcher {
  const inside = networkMatcher(ranges);
  const isNode = nodeMatcher(ranges);
  return (address) => inside(address) && !isNode(address);
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

function parseNetwork(network: string): Network {
  const [, given = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(network.trim()) ?? [];
  const address = parseAddress(given);
  const most = isIPv6(given) ? 128 : 32;
  // A range of IPv4 addresses mapped to IPv6.
  const inner = address !== null && most === 128 && isIPv4(address) ? 96 : 0;
  const bits = (prefix === undefined ? most : Number(prefix)) - inner;
  if (address === null || bits < 0 || bits > most - inner) {
    throw new Error(`“${network}” is neither an IP address nor a range such as 10.0.0.0/8.`);
  }
  return { address, bits, family: isIPv4(address) ? 'ipv4' : 'ipv6' };
}

/** `10.42.0.0/24` → `10.42.0.1`, `fd00:42::/64` → `fd00:42::1`; ranges are given by their first address. */
function firstHost(range: string): string {
  const { address, family } = parseNetwork(range);
  if (family === 'ipv4') return address.replace(/\d+$/, (last) => String(Number(last) + 1));
  return address.endsWith('::')
    ? `${address}1`
    : address.replace(/[\da-f]+$/i, (last) => (parseInt(last, 16) + 1).toString(16));
}
