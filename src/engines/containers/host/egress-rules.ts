/**
 * What programs in desktops, app pods and copies can connect to, as a ruleset of nftables: their own desktop, DNS servers,
 * the Internet, and what is allowed explicitly, to all or to an execute class. Not this machine, private networks or other
 * users' networks.
 */
import { isIPv6 } from 'node:net';
import type { Destination, EgressConfig } from '#config/config.ts';
import { classMatch } from '../pods/class-mac.ts';
import { isLoopbackHost, parseAddress } from '#domain/server/networks.ts';

export interface EgressRules {
  readonly table: string;
  /** Names of the bridges of desktops; `*` at the end stands for any characters. At least one. */
  readonly bridges: readonly string[];
  /** Addresses of the DNS servers that containers use. */
  readonly nameservers: readonly string[];
  readonly policy: Omit<EgressConfig, 'enabled'>;
}

/** Programs fail at once instead of waiting for a timeout. */
const REJECT = 'reject with icmpx admin-prohibited';
const DNS = 53;

/**
 * Input of `nft -f -`, which replaces the table as a whole. The chains come before those of the engine: what they accept,
 * the engine's rules can still drop.
 */
export function egressRules({ table, bridges, nameservers, policy }: EgressRules): string {
  const devices = `{ ${bridges.map((name) => `"${name}"`).join(', ')} }`;
  const open = [...nameservers.map((network) => ({ network, port: DNS })), ...policy.allow];
  const ofClasses = Object.entries(policy.classes).flatMap(([name, allow]) =>
    allow.map((destination) => `${classMatch(name)} ${accept(destination)}`),
  );
  return [
    withoutEgressRules(table),
    `table inet ${table} {`,
    ...chain('allowed', [...open.map(accept), ...ofClasses]),
    ...chain('host', [
      'ct state established,related accept',
      'icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept',
      'jump allowed',
      REJECT,
    ]),
    ...chain('elsewhere', [
      'ct state established,related accept',
      // Within one bridge, whose packets pass here if br_netfilter is on.
      'fib daddr . iif oif exists accept',
      `oifname ${devices} ${REJECT}`,
      'jump allowed',
      ...policy.except.map((network) => `${daddr(network)} ${REJECT}`),
      policy.internet ? 'accept' : REJECT,
    ]),
    ...chain('input', ['type filter hook input priority filter - 10; policy accept;', `iifname ${devices} jump host`]),
    ...chain('forward', [
      'type filter hook forward priority filter - 10; policy accept;',
      `iifname ${devices} jump elsewhere`,
    ]),
    '}',
    '',
  ].join('\n');
}

/** Input of `nft -f -` that removes the table, which need not exist. */
export function withoutEgressRules(table: string): string {
  return `table inet ${table}\ndelete table inet ${table}\n`;
}

/** Addresses in the text of a resolv.conf that containers can use: loopback is their own. */
export function nameserversIn(resolvConf: string): readonly string[] {
  const given = [...resolvConf.matchAll(/^[ \t]*nameserver[ \t]+(\S+)/gm)].map(([, text = '']) => parseAddress(text));
  return given.filter((address) => address !== null).filter((address) => !isLoopbackHost(address));
}

function chain(name: string, rules: readonly string[]): string[] {
  return [`  chain ${name} {`, ...rules.map((rule) => `    ${rule}`), '  }'];
}

function accept({ network, port }: Destination): string {
  return `${daddr(network)}${port === null ? '' : ` meta l4proto { tcp, udp } th dport ${port}`} accept`;
}

function daddr(network: string): string {
  return `${isIPv6(network.replace(/\/.*$/, '')) ? 'ip6' : 'ip'} daddr ${network}`;
}
