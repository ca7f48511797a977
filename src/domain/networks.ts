/** Addresses and networks: who is asking, seen from afar. */
import { BlockList, isIP } from 'node:net';

/** A test for membership in any of the networks; of nobody's address it is false. */
export type NetworkMatcher = (address: string | null) => boolean;

/**
 * Networks are addresses or ranges such as 10.0.0.0/8. An IPv4 address inside IPv6 counts as IPv4. Throws a sentence
 * that names the entry when one is neither.
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

/** `::ffff:127.0.0.1` is an IPv4 caller on a socket of both families. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * A test for addresses of nodes in the ranges that their pods have addresses from: the range's own address and the first
 * host in it. Traffic that came in through a port of a node carries one when the node rewrote the sender.
 */
export function nodeMatcher(ranges: readonly string[]): NetworkMatcher {
  return networkMatcher(ranges.flatMap((range) => [parseNetwork(range).address, firstHost(range)]));
}

/** A test for addresses that belong to pods. */
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
  const [address = '', prefix] = network.split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? (version === 6 ? 128 : 32) : Number(prefix);
  if (version === 0 || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32)) {
    throw new Error(`“${network}” is neither an IP address nor a range such as 10.0.0.0/8.`);
  }
  return { address, bits, family: version === 6 ? 'ipv6' : 'ipv4' };
}

/** `10.42.0.0/24` → `10.42.0.1`, `fd00:42::/64` → `fd00:42::1`; ranges are given by their first address. */
function firstHost(range: string): string {
  const { address, family } = parseNetwork(range);
  if (family === 'ipv4') return address.replace(/\d+$/, (last) => String(Number(last) + 1));
  return address.endsWith('::')
    ? `${address}1`
    : address.replace(/[\da-f]+$/i, (last) => (parseInt(last, 16) + 1).toString(16));
}
