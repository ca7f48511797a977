/** Where programs in desktops can connect to on one machine, as nftables decides. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EgressConfig } from '#config/config.ts';
import { networkMatcher } from '#domain/server/networks.ts';
import { egressRules, nameserversIn } from '#engines/containers/host/egress-rules.ts';
import { classMac } from '#engines/containers/pods/class-mac.ts';
import { DEFAULT_EGRESS } from '../../../../fixtures/egress.ts';
import { type Packet, verdictOf } from '../../../../fixtures/nft-ruleset.ts';

const OWN = 'dp-0a1b22222222';
const OLD = 'dp-9999999999';
const DNS = '192.168.1.1';

function rules(policy: Partial<EgressConfig> = {}): string {
  const bridges = ['dp-0a1b*', OLD];
  return egressRules({ table: 'deskpod-x', bridges, nameservers: [DNS], policy: { ...DEFAULT_EGRESS, ...policy } });
}

const CONNECTION: Packet = {
  hook: 'forward',
  iifname: OWN,
  mac: classMac('default'),
  oifname: 'eth0',
  daddr: '198.51.100.1',
  protocol: 'tcp',
  dport: 443,
  state: 'new',
};
const forwarded = (packet: Partial<Packet> = {}, policy: Partial<EgressConfig> = {}) =>
  verdictOf(rules(policy), { ...CONNECTION, ...packet });
const toHost = (packet: Partial<Packet> = {}, policy: Partial<EgressConfig> = {}) =>
  forwarded({ hook: 'input', oifname: null, daddr: '10.219.0.1', ...packet }, policy);

test('programs reach the Internet, but not private networks and metadata services', () => {
  for (const daddr of ['198.51.100.1', '1.1.1.1', '2001:db8::1']) assert.equal(forwarded({ daddr }), 'accept', daddr);
  for (const daddr of [
    '169.254.169.254',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.7',
    '100.64.0.9',
    'fd00:ec2::254',
    'fe80::1',
    '64:ff9b::a9fe:a9fe',
  ])
    assert.equal(forwarded({ daddr }), 'reject', daddr);
});

test('no address of this machine is reachable, whatever the protocol', () => {
  for (const daddr of ['10.219.0.1', '10.219.0.65', '198.51.100.7', '2001:db8::7', 'fe80::2'])
    for (const protocol of ['tcp', 'udp', 'icmp'] as const)
      assert.equal(toHost({ daddr, protocol, dport: protocol === 'icmp' ? null : 53 }), 'reject', daddr);
});

test('the machine can connect to desktops, and IPv6 finds its neighbors', () => {
  assert.equal(toHost({ state: 'established' }), 'accept');
  assert.equal(forwarded({ daddr: '192.168.1.7', state: 'established' }), 'accept');
  assert.equal(toHost({ protocol: 'icmpv6', dport: null, daddr: 'ff02::1:ff00:1' }), 'accept');
});

test('DNS servers answer, also in a private network or on this machine, on their port only', () => {
  for (const protocol of ['tcp', 'udp'] as const) {
    assert.equal(forwarded({ daddr: DNS, protocol, dport: 53 }), 'accept');
    assert.equal(toHost({ daddr: DNS, protocol, dport: 53 }), 'accept');
  }
  assert.equal(forwarded({ daddr: DNS, dport: 80 }), 'reject');
  assert.equal(forwarded({ daddr: DNS, dport: 53 }, { internet: false }), 'accept');
});

test('containers of one desktop reach each other where bridged packets are filtered, and nobody reaches other desktops', () => {
  const within = { oifname: OWN, daddr: '10.219.0.3', dport: 6000 };
  assert.equal(forwarded(within), 'accept');
  const allow = [{ network: '10.0.0.0/8', port: null }];
  for (const oifname of ['dp-0a1b33333333', OLD]) {
    assert.equal(forwarded({ ...within, oifname }), 'reject');
    assert.equal(forwarded({ ...within, oifname }, { allow }), 'reject', 'even if all of their addresses are allowed');
  }
});

test('desktops of an earlier version are restricted, too; networks of others are left alone', () => {
  assert.equal(forwarded({ iifname: OLD, daddr: '10.1.2.3' }), 'reject');
  for (const iifname of ['dp-0a1c22222222', 'podman0', 'eth0', 'lo']) {
    assert.equal(forwarded({ iifname, daddr: '10.1.2.3' }), 'continue', iifname);
    assert.equal(toHost({ iifname }), 'continue', iifname);
  }
});

test('settings open addresses and ports, also of this machine, or close the Internet', () => {
  const allow = [
    { network: '10.1.2.0/24', port: 445 },
    { network: '10.219.0.1', port: 8080 },
    { network: 'fd00:1::/64', port: null },
  ];
  assert.equal(forwarded({ daddr: '10.1.2.3', dport: 445 }, { allow }), 'accept');
  assert.equal(forwarded({ daddr: '10.1.2.3', dport: 22 }, { allow }), 'reject');
  assert.equal(forwarded({ daddr: '10.1.3.3', dport: 445 }, { allow }), 'reject');
  assert.equal(forwarded({ daddr: 'fd00:1::7', protocol: 'icmp', dport: null }, { allow }), 'accept');
  assert.equal(toHost({ dport: 8080 }, { allow }), 'accept');
  assert.equal(toHost({ dport: 8081 }, { allow }), 'reject');
  assert.equal(forwarded({}, { internet: false }), 'reject');
  assert.equal(forwarded({ daddr: '10.1.2.3', dport: 445 }, { allow, internet: false }), 'accept');
});

test('an execute class opens more for its app pods only, also of this machine, but not other desktops', () => {
  const classes = {
    silver: [{ network: '10.1.2.3', port: 445 }],
    gold: [
      { network: '10.219.0.1', port: 8080 },
      { network: '10.0.0.0/8', port: 22 },
    ],
    none: [],
  };
  const file = { daddr: '10.1.2.3', dport: 445 };
  for (let times = 0; times < 20; times += 1) {
    assert.equal(forwarded({ ...file, mac: classMac('silver') }, { classes }), 'accept');
    for (const other of ['default', 'gold', 'none', 'unknown'])
      assert.equal(forwarded({ ...file, mac: classMac(other) }, { classes }), 'reject', other);
  }
  assert.equal(forwarded({ ...file, mac: '02:42:ac:11:00:02' }, { classes }), 'reject', 'a desktop');
  assert.equal(forwarded({ ...file, dport: 22, mac: classMac('silver') }, { classes }), 'reject');
  assert.equal(toHost({ dport: 8080, mac: classMac('gold') }, { classes }), 'accept');
  assert.equal(toHost({ dport: 8080, mac: classMac('silver') }, { classes }), 'reject');
  const another = { oifname: 'dp-0a1b33333333', daddr: '10.219.0.66', dport: 22 };
  assert.equal(forwarded({ ...another, mac: classMac('gold') }, { classes }), 'reject');
  assert.equal(forwarded({ ...file, mac: classMac('silver') }, { classes, internet: false }), 'accept');
});

test('hardware addresses are those of one local interface each', () => {
  const made = new Set(Array.from({ length: 100 }, () => classMac('gold')));
  assert.ok(made.size > 95, 'two containers of one desktop differ');
  for (const mac of made) assert.match(mac, /^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
});

const address = fc.oneof(fc.ipV4(), fc.ipV6());
const network = fc.oneof(
  address,
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
);
const port = fc.integer({ min: 1, max: 65_535 });
const policies = fc.record({
  enabled: fc.constant(true),
  internet: fc.boolean(),
  except: fc.array(network, { maxLength: 4 }),
  allow: fc.array(fc.record({ network, port: fc.option(port) }), { maxLength: 4 }),
  classes: fc.constant({}),
});

test('of any policy: a new connection is accepted exactly if it is allowed, or to the Internet', () => {
  fc.assert(
    fc.property(policies, address, port, fc.boolean(), (policy, daddr, dport, local) => {
      const listed = policy.allow.filter((one) => one.port === null || one.port === dport);
      const isDns = daddr === DNS && dport === 53;
      const allowed = isDns || networkMatcher(listed.map((one) => one.network))(daddr);
      const open = allowed || (!local && policy.internet && !networkMatcher(policy.except)(daddr));
      const verdict = local ? toHost({ daddr, dport }, policy) : forwarded({ daddr, dport }, policy);
      assert.equal(verdict, open ? 'accept' : 'reject');
    }),
  );
});

test('the table is replaced as a whole, and comes before the rules of engines', () => {
  assert.match(rules(), /^table inet deskpod-x\ndelete table inet deskpod-x\n\ntable inet deskpod-x \{\n/);
  for (const hook of ['input', 'forward'])
    assert.ok(rules().includes(`type filter hook ${hook} priority filter - 10; policy accept;`), hook);
});

test('DNS servers are read from resolv.conf, without those on loopback', () => {
  const text =
    '# nameserver 9.9.9.9\nsearch a\nnameserver 127.0.0.53\n nameserver\t10.0.0.2 # x\nnameserver fe80::1%eth0\n';
  assert.deepEqual(nameserversIn(`${text}nameserver ::1\nnameserver banana\noptions edns0`), ['10.0.0.2', 'fe80::1']);
});

test('networks that are not the Internet are the same as on Kubernetes', () => {
  const values = readFileSync(new URL('../../../../../deploy/kubernetes/chart/values.yaml', import.meta.url), 'utf8');
  const List = z.array(z.string());
  const Values = z.object({
    networkPolicies: z.object({ egress: z.object({ except: List, exceptIPv6: List, internet: z.boolean() }) }),
  });
  const { except, exceptIPv6, internet } = Values.parse(parse(values)).networkPolicies.egress;
  assert.deepEqual([[...except, ...exceptIPv6], internet], [DEFAULT_EGRESS.except, DEFAULT_EGRESS.internet]);
});
