/** Who can connect where in an installation on Kubernetes, as a network plugin that enforces its policies decides. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { policyOf } from '#engines/kubernetes/desktops/network-policy.ts';
import { needsLinux } from '../../fixtures/machine.ts';
import { type Connection, type Host, isAllowed, NetworkPolicy } from '../../fixtures/network-policies.ts';

const FOLDER = resolve(import.meta.dirname, '../../../deploy/kubernetes');
const HOME = 'abcdesktop';

/** What is rendered, and what the api adds for each desktop. */
function policiesIn(rendered: string, podsNamespace: string): NetworkPolicy[] {
  return [
    ...parseAllDocuments(rendered).flatMap((document) => {
      const policy = NetworkPolicy.safeParse(document.toJS());
      return policy.success ? [policy.data] : [];
    }),
    ...['leela-1', 'fry-1'].map((id) => {
      const { kind, spec } = policyOf({ id, uid: id }, HOME);
      const made = { kind, metadata: { namespace: podsNamespace }, spec };
      // As the cluster has them: the client writes `_from`.
      return NetworkPolicy.parse(JSON.parse(JSON.stringify(made).replaceAll('"_from"', '"from"')));
    }),
  ];
}

function pod(
  ip: string,
  labels: Record<string, string>,
  ports: Record<string, number> = {},
  namespace: string = HOME,
): Host {
  return { ip, pod: { labels, ports, namespace: { 'kubernetes.io/metadata.name': namespace } } };
}
const outside = (ip: string): Host => ({ ip, pod: null });

const hostsIn = (podsNamespace: string) => {
  const userPod = (ip: string, type: string, desktop: string, executeClass = 'default'): Host =>
    pod(ip, { type, 'deskpod/desktop': desktop, 'deskpod/execute-class': executeClass }, {}, podsNamespace);
  return {
    'a browser': outside('203.0.113.7'),
    'the Internet': outside('198.51.100.1'),
    'the metadata service': outside('169.254.169.254'),
    'a node': outside('192.168.1.10'),
    'an API server': outside('10.96.0.1'),
    'a private network': outside('172.20.3.4'),
    'a carrier network': outside('100.64.0.9'),
    DNS: pod('10.42.0.2', { 'k8s-app': 'kube-dns' }, {}, 'kube-system'),
    'a false DNS': pod('10.42.0.3', { 'k8s-app': 'kube-dns' }, {}, 'other'),
    'another namespace': pod('10.42.0.4', { run: 'pyos-od' }, { http: 8000 }, 'other'),
    'a false gateway': pod('10.42.0.5', { run: 'nginx-od' }, {}, 'other'),
    'a false desktop': pod('10.42.0.6', { type: 'x11server' }, {}, 'other'),
    gateway: pod('10.42.1.1', { run: 'nginx-od' }, { http: 8000 }),
    api: pod('10.42.1.2', { run: 'pyos-od' }, { http: 8000 }),
    postgres: pod('10.42.1.3', { run: 'mongodb-od' }, { postgres: 5432 }),
    openldap: pod('10.42.1.4', { run: 'openldap-od' }, { ldap: 10_389, ldaps: 10_636 }),
    'the speed test': pod('10.42.1.5', { run: 'speedtest-od' }, { http: 8080 }),
    'a desktop': userPod('10.42.2.1', 'x11server', 'leela-1'),
    'its app pod': userPod('10.42.2.2', 'pod_application', 'leela-1'),
    'its finished app pod': userPod('10.42.2.3', 'pod_application_finished', 'leela-1'),
    'its app pod of the class files': userPod('10.42.2.6', 'pod_application', 'leela-1', 'files'),
    'a desktop with the label of the class files': userPod('10.42.2.7', 'x11server', 'leela-2', 'files'),
    "another's desktop": userPod('10.42.2.4', 'x11server', 'fry-1'),
    "another's app pod": userPod('10.42.2.5', 'pod_application', 'fry-1'),
  } satisfies Record<string, Host>;
};
type Name = keyof ReturnType<typeof hostsIn>;
type Can = (from: Name, to: Name, port: number, protocol?: Connection['protocol']) => boolean;
const USERS = ['a desktop', 'its app pod', 'its finished app pod'] as const;

function canIn(rendered: string, podsNamespace: string): Can {
  const policies = policiesIn(rendered, podsNamespace);
  const hosts = hostsIn(podsNamespace);
  return (from, to, port, protocol = 'TCP') =>
    isAllowed(policies, { from: hosts[from], to: hosts[to], port, protocol });
}

suite('in one namespace', () => {
  promises(canIn(readFileSync(join(FOLDER, 'deskpod.yaml'), 'utf8'), HOME));
});

/** What the chart renders for users' pods in this namespace, with a value as JSON. */
function rendered(podsNamespace: string, json = 'logFormat="text"'): string {
  const values = ['--set', `keys.create=false,userPods.namespace=${podsNamespace}`, '--set-json', json];
  const args = ['template', 'deskpod', join(FOLDER, 'chart'), '-n', HOME, ...values];
  const { stdout, stderr, status } = spawnSync('helm', args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
  return stdout;
}

suite("with users' pods in a namespace of their own", needsLinux('helm'), () => {
  let can: Can | null = null;
  promises((...connection) => (can ??= canIn(rendered('users'), 'users'))(...connection));
});

test('an execute class opens more for its app pods only', needsLinux('helm'), () => {
  const allow = [{ to: [{ ipBlock: { cidr: '172.20.3.4/32' } }], ports: [{ protocol: 'TCP', port: 445 }] }];
  for (const namespace of [HOME, 'users']) {
    const can = canIn(
      rendered(namespace, `networkPolicies.egress.classes=${JSON.stringify({ files: { allow } })}`),
      namespace,
    );
    const app = 'its app pod of the class files';
    assert.ok(can(app, 'a private network', 445) && !can(app, 'a private network', 22));
    assert.ok(can(app, 'the Internet', 443) && can(app, 'a desktop', 6000) && !can(app, 'a node', 22));
    for (const from of [...USERS, 'a desktop with the label of the class files'] as const)
      assert.ok(!can(from, 'a private network', 445), from);
  }
});

function promises(can: Can): void {
  test('browsers reach the gateway and the speed test, and nothing else', () => {
    assert.ok(can('a browser', 'gateway', 8000) && can('a browser', 'the speed test', 8080));
    for (const [to, port] of [
      ['api', 8000],
      ['postgres', 5432],
      ['openldap', 10_389],
      ['a desktop', 6000],
      ['a desktop', 5900],
      ['its app pod', 80],
    ] as const)
      assert.ok(!can('a browser', to, port), to);
  });

  test('our own parts reach each other as they need to', () => {
    assert.ok(can('gateway', 'api', 8000) && can('api', 'postgres', 5432) && can('api', 'openldap', 10_389));
    for (const port of [5900, 29_783, 4713]) assert.ok(can('gateway', 'a desktop', port), String(port));
    for (const port of [5900, 6000, 29_783, 4713]) assert.ok(can('api', 'a desktop', port), String(port));
    assert.ok(can('api', 'an API server', 443) && can('api', 'DNS', 53, 'UDP'));
    assert.ok(
      !can('gateway', 'postgres', 5432) && !can('gateway', 'the Internet', 443) && !can('gateway', 'a desktop', 6000),
    );
    for (const from of ['postgres', 'openldap', 'the speed test'] as const)
      for (const to of ['the Internet', 'api', 'a desktop', 'an API server'] as const)
        assert.ok(!can(from, to, 443), from);
  });

  test('labels in another namespace open nothing', () => {
    for (const port of [5900, 4713]) assert.ok(!can('a false gateway', 'a desktop', port), String(port));
    assert.ok(!can('gateway', 'a false desktop', 5900) && !can('api', 'a false desktop', 5900));
    assert.ok(!can('a false gateway', 'api', 8000));
  });

  test('an app pod reaches the display, the sound and the printer of its own desktop', () => {
    for (const port of [6000, 4713, 6310]) {
      assert.ok(can('its app pod', 'a desktop', port), String(port));
      assert.ok(!can('its app pod', "another's desktop", port), String(port));
      assert.ok(!can('a desktop', "another's desktop", port), String(port));
    }
    for (const port of [5900, 29_783, 22]) assert.ok(!can('its app pod', 'a desktop', port), String(port));
    assert.ok(!can("another's app pod", 'a desktop', 6000) && !can('its app pod', "another's app pod", 80));
  });

  test('programs of users reach the Internet and the DNS of the cluster', () => {
    for (const from of USERS) {
      assert.ok(can(from, 'the Internet', 443) && can(from, 'the Internet', 53, 'UDP'), from);
      assert.ok(can(from, 'DNS', 53, 'UDP') && can(from, 'DNS', 53, 'TCP'), from);
      assert.ok(!can(from, 'DNS', 9153) && !can(from, 'a false DNS', 53, 'UDP'), from);
    }
  });

  test('programs of users reach no node, no metadata service, no private network and no other namespace', () => {
    const closed = [
      ['the metadata service', 80],
      ['a node', 10_250],
      ['a node', 22],
      ['an API server', 443],
      ['a private network', 445],
      ['a carrier network', 443],
      ['another namespace', 8000],
      ['api', 8000],
      ['gateway', 8000],
      ['postgres', 5432],
      ['openldap', 10_389],
    ] as const;
    for (const from of USERS) for (const [to, port] of closed) assert.ok(!can(from, to, port), `${from} to ${to}`);
  });
}
