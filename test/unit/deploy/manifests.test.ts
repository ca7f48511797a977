/** Objects for the cluster: names, labels, isolation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KubernetesConfig } from '#config/config.ts';
import type { Account } from '#domain/ports/engine.ts';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { policyOf } from '#engines/kubernetes/desktops/network-policy.ts';
import { desktopPod } from '#engines/kubernetes/specs/desktop-pod.ts';
import { homeIn, homeVolumeIn, newHomeVolume } from '#engines/kubernetes/specs/home-volume.ts';
import { claimName, claimOf, volumeOf } from '#engines/kubernetes/specs/home-claim.ts';
import { pullPod } from '#engines/kubernetes/images/images.ts';
import { readPod } from '#engines/kubernetes/cluster/labels.ts';
import { appPod, ephemeralContainer } from '#engines/kubernetes/specs/launch-pod.ts';
import { pullName, secretName } from '#engines/kubernetes/cluster/names.ts';
import { Pod } from '#engines/kubernetes/cluster/pod.ts';
import { CONTAINERS } from '#engines/kubernetes/cluster/ports.ts';
import { account, around, config, desktop, launch, spec } from '../../fixtures/kubernetes-specs.ts';

const made = desktopPod(spec, around, new Date('2026-11-26T00:00:00Z'));

test('shared folders are mounted where people and programs look for them, and in no other service', () => {
  const shared = [{ name: 'Rules', claim: 'rules', readOnly: true, gid: 4200 }];
  const own = { ...config, shared };
  const pod = desktopPod({ ...spec, shared: ['Rules'] }, { ...around, config: own }, new Date());
  const having = (pod.spec?.containers ?? []).filter(({ volumeMounts = [] }) =>
    volumeMounts.some(({ mountPath, readOnly }) => mountPath === '/home/hermes/Shared/Rules' && readOnly === true),
  );
  assert.deepEqual(having.map(({ name }) => name).toSorted(), [CONTAINERS.files, CONTAINERS.graphical].toSorted());
  assert.deepEqual(pod.spec?.securityContext?.supplementalGroups, [4200]);
  const there = { ...desktop, shared: ['Rules'] };
  const inside = ephemeralContainer({ ...launch, runtime: 'ephemeral_container', limits: {}, pod: {} }, there, own);
  assert.ok(inside.volumeMounts?.some(({ mountPath }) => mountPath === '/home/hermes/Shared/Rules'));
  const beside = appPod(launch, there, 'abcdesktop', own);
  assert.ok(beside.spec?.volumes?.some(({ persistentVolumeClaim: claim }) => claim?.claimName === 'rules'));
  assert.deepEqual(beside.spec?.securityContext?.supplementalGroups, [4200]);
});

test('the encoder sees the screen and no files; the other services see files and no screen', () => {
  for (const { name, volumeMounts = [] } of made.spec?.containers.slice(1) ?? []) {
    const mounts = new Set(volumeMounts.map((mount) => mount.name));
    const isEncoder = name === 'v-video';
    assert.equal(mounts.has('x11socket'), isEncoder, name);
    assert.equal(mounts.has('home-hermes'), !isEncoder, name);
  }
});

test('services and pull pods have the images that digests pin, and those of the tag without a digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const images = { ...config.images, digests: { files: digest, toolbox: digest } };
  const pinned = desktopPod(spec, { ...around, config: { ...config, images } }, new Date('2026-11-26T00:00:00Z'));
  assert.deepEqual(
    pinned.spec?.containers.slice(1).map(({ image }) => image),
    [
      `registry.example.org/deskpod/files@${digest}`,
      'registry.example.org/deskpod/sound:1',
      'registry.example.org/deskpod/printer:1',
      'registry.example.org/deskpod/video:1',
    ],
  );
  const reference = `registry.example.org/deskpod/2048-alpine.d@${digest}`;
  const pull = pullPod({ reference, app: '2048-alpine', type: 'pod_application', node: 'n' }, { ...config, images });
  assert.equal(pull.spec?.initContainers?.[0]?.image, `registry.example.org/deskpod/toolbox@${digest}`);
  assert.equal(pull.spec?.containers[0]?.image, reference);
});

test('a desktop pod has the documented containers, labels and volumes, and identifies its owner', () => {
  assert.deepEqual(
    made.spec?.containers.map(({ name }) => name),
    ['x-graphical', 'f-files', 's-sound', 'c-printer', 'v-video'],
  );
  const labels = made.metadata?.labels ?? {};
  assert.equal(labels['type'], 'x11server');
  assert.equal(labels['access_userid'], 'hermes');
  assert.equal(labels['access_username'], 'Hermes_Conrad');
  assert.equal(labels['labeltrue'], 'true');
  assert.equal('not a label!' in labels, false);
  const volumes = made.spec?.volumes?.map(({ name }) => name) ?? [];
  for (const name of ['home-hermes', 'shm', 'x11socket', 'tmp', 'pulseaudiosocket', 'cupsdsocket'])
    assert.ok(volumes.includes(name), name);
  assert.equal(new Set(volumes).size, volumes.length, 'volume names are unique');
  const metadata = Object.assign({}, made.metadata, { uid: 'u', creationTimestamp: '2026-11-26T00:00:00Z' });
  assert.deepEqual(readPod(Pod.parse({ metadata, spec: made.spec })), { kind: 'desktop', desktopId: spec.id, account });
});

test('labels, annotations and variables contain no cookie or password', () => {
  const text = JSON.stringify([made.metadata, made.spec?.containers.map(({ env }) => env)]);
  assert.doesNotMatch(text, /cookie"|XAUTH_KEY|password/i);
});

test('every container of a desktop has a memory limit, and so the pod has one', () => {
  for (const { name, resources } of made.spec?.containers ?? []) assert.ok(resources?.limits?.['memory'], name);
});

test('what a desktop or an app pod can write to its node is limited', () => {
  const app = appPod(launch, desktop, 'abcdesktop', config);
  for (const { spec: pod } of [made, app]) {
    const [main] = pod?.containers ?? [];
    assert.deepEqual(main?.resources?.limits?.['ephemeral-storage'], '32Gi');
    // Without a request, Kubernetes would request the limit.
    assert.deepEqual(main?.resources?.requests?.['ephemeral-storage'], '0');
  }
  for (const { name, emptyDir } of made.spec?.volumes ?? [])
    if (emptyDir !== undefined) assert.ok(emptyDir.sizeLimit, `${name} has no limit`);
  const sizeOf = (pod: typeof made, volume: string) =>
    pod.spec?.volumes?.find(({ name }) => name === volume)?.emptyDir?.sizeLimit;
  assert.deepEqual([sizeOf(made, 'home-hermes'), sizeOf(made, 'tmp'), sizeOf(app, 'tmp')], ['16Gi', '4Gi', '4Gi']);
  const metadata = { name: spec.id, uid: 'u-1', creationTimestamp: new Date() };
  const home = homeVolumeIn(Pod.parse({ metadata, spec: made.spec }), account);
  assert.deepEqual(home.emptyDir, { sizeLimit: '16Gi' }, 'an app pod has the limit of its desktop');
});

test('user namespaces and a runtime class are for desktops and app pods, if they are set', () => {
  assert.ok(made.spec && !('hostUsers' in made.spec) && !('runtimeClassName' in made.spec));
  const isolated = { ...config, pods: { ...config.pods, userNamespaces: true, runtimeClassName: 'gvisor' } };
  const pods = [
    desktopPod(spec, { ...around, config: isolated }, new Date()),
    appPod(launch, desktop, 'abcdesktop', isolated),
  ];
  for (const pod of pods) {
    assert.equal(pod.spec?.hostUsers, false);
    assert.equal(pod.spec?.runtimeClassName, 'gvisor');
  }
  const own = appPod({ ...launch, pod: { runtimeClassName: 'kata' } }, desktop, 'abcdesktop', isolated);
  assert.equal(own.spec?.runtimeClassName, 'kata', 'an execute class takes precedence');
});

test('Pod Security restricted admits everything', () => {
  const pods = [
    made,
    appPod(launch, desktop, 'abcdesktop', config),
    pullPod({ reference: 'a:1', app: 'a', type: 'pod_application', node: 'node1' }, config),
  ];
  for (const { spec: pod } of pods) {
    assert.equal(pod?.automountServiceAccountToken, false);
    assert.equal(pod?.securityContext?.seccompProfile?.type, 'RuntimeDefault');
    for (const { securityContext: security } of [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])]) {
      assert.equal(security?.allowPrivilegeEscalation, false);
      assert.deepEqual(security?.capabilities, { drop: ['ALL'] });
      assert.equal(security?.runAsNonRoot, true);
      assert.ok((security?.runAsUser ?? 0) > 0);
    }
    for (const volume of pod?.volumes ?? []) assert.equal(volume.hostPath, undefined);
  }
});

test('dollar signs in variables are preserved', () => {
  const mine = made.spec?.containers[0]?.env?.find(({ name }) => name === 'MINE');
  assert.equal(mine?.value, 'costs $$(HOME) $');
});

test('an app pod has limits, prefers the node of its desktop, and is deleted with it', () => {
  const pod = appPod(
    { ...launch, pod: { requests: { memoryBytes: 2 ** 20 }, ports: [8080], nodeSelector: { gpu: 'yes' } } },
    desktop,
    'abcdesktop',
    config,
  );
  assert.equal(pod.metadata?.labels?.['type'], 'pod_application');
  assert.equal(pod.metadata?.ownerReferences?.[0]?.uid, 'u-1');
  const [container] = pod.spec?.containers ?? [];
  assert.deepEqual(container?.resources, {
    limits: { memory: String(2 ** 30), cpu: '1', 'ephemeral-storage': '32Gi' },
    requests: { memory: String(2 ** 20), 'ephemeral-storage': '0' },
  });
  assert.deepEqual(container?.ports, [{ containerPort: 8080 }]);
  assert.deepEqual(pod.spec?.nodeSelector, { gpu: 'yes' });
  assert.match(JSON.stringify(pod.spec?.affinity), /node1/);
  assert.equal(container?.env?.find(({ name }) => name === 'DISPLAY')?.value, '10.244.0.9:0');
});

test('an app pod has the label of its execute class, which policies select, whatever its other labels are', () => {
  const labels = { 'deskpod/execute-class': 'gold' };
  const pod = appPod({ ...launch, labels, executeClass: 'Office.1' }, desktop, 'abcdesktop', config);
  assert.equal(pod.metadata?.labels?.['deskpod/execute-class'], 'Office_1');
  assert.equal(made.metadata?.labels?.['deskpod/execute-class'], undefined);
});

test('if a home is available on one node only, an app pod must run there; otherwise it only prefers that node', () => {
  const affinity = (homes: KubernetesConfig['homes']) => {
    const home = newHomeVolume(account, homes, '1Gi');
    return JSON.stringify(appPod(launch, { ...desktop, home }, 'abcdesktop', { ...config, homes }).spec?.affinity);
  };
  const claims = { kind: 'persistentVolumeClaim', claim: null, volume: null, storageClass: null, size: '1Gi' } as const;
  assert.match(affinity({ kind: 'none' }), /preferred/);
  assert.match(affinity({ kind: 'hostPath', root: '/homes' }), /required/);
  assert.match(affinity(claims), /required/);
  assert.match(affinity({ ...claims, claim: { spec: { accessModes: ['ReadWriteMany'] } } }), /preferred/);
});

test('an ephemeral container targets the graphical one and has no field that Kubernetes forbids', () => {
  const entry = ephemeralContainer({ ...launch, id: 'hermes-conrad-2048-alpine-1eef4', limits: {} }, desktop, config);
  assert.equal(entry.targetContainerName, 'x-graphical');
  for (const key of ['resources', 'ports', 'livenessProbe', 'readinessProbe', 'lifecycle'])
    assert.equal(key in entry, false, key);
  for (const mount of entry.volumeMounts ?? []) assert.equal('subPath' in mount, false);
  const volumes = new Set(made.spec?.volumes?.map(({ name }) => name));
  for (const { name } of entry.volumeMounts ?? []) assert.ok(volumes.has(name), `${name} is a volume of the desktop`);
  assert.ok(entry.volumeMounts?.some(({ mountPath }) => mountPath === '/dev/shm'));
});

const FORBIDDEN: readonly (readonly [string, Partial<LaunchSpec>])[] = [
  ['limits', { limits: { memoryBytes: 1 } }],
  ['probes', { limits: {}, pod: { livenessProbe: { tcpSocket: { port: 1 } } } }],
  ['ports', { limits: {}, pod: { ports: [80] } }],
  ['nodes', { limits: {}, pod: { nodeSelector: { a: 'b' } } }],
];
for (const [what, more] of FORBIDDEN) {
  test(`${what} of an ephemeral launch are refused with their name`, () => {
    assert.throws(
      () => ephemeralContainer({ ...launch, ...more }, desktop, config),
      (error) => error instanceof DeskpodError && error.code === 'runtime_refused' && error.message.includes(what),
    );
  });
}

test('an app that asks for a seccomp profile gets it from the folder of the nodes, and its desktop does not', () => {
  const asking: LaunchSpec = { ...launch, limits: {}, seccomp: 'browser-sandbox' };
  const having = { ...config, pods: { ...config.pods, seccompProfiles: 'deskpod' } };
  const expected = { type: 'Localhost', localhostProfile: 'deskpod/browser-sandbox.json' };
  assert.deepEqual(ephemeralContainer(asking, desktop, having).securityContext?.seccompProfile, expected);
  const pod = appPod(asking, desktop, 'abcdesktop', having);
  assert.deepEqual(pod.spec?.containers[0]?.securityContext?.seccompProfile, expected);
  assert.deepEqual(pod.spec?.securityContext?.seccompProfile, { type: 'RuntimeDefault' });
  const others = ephemeralContainer({ ...asking, seccomp: null }, desktop, having);
  assert.deepEqual(others.securityContext?.seccompProfile, { type: 'RuntimeDefault' });
});

test('where the nodes have no profiles, an app that asks for one is refused with what to do', () => {
  const asking: LaunchSpec = { ...launch, limits: {}, seccomp: 'browser-sandbox' };
  const refused = (error: unknown) =>
    error instanceof DeskpodError &&
    error.code === 'app_unavailable' &&
    /browser-sandbox/.test(error.message) &&
    /kubernetes\.pods\.seccompProfiles/.test(error.toSentence());
  assert.throws(() => ephemeralContainer(asking, desktop, config), refused);
  assert.throws(() => appPod(asking, desktop, 'abcdesktop', config), refused);
});

test("a user other than the desktop's is refused with the reason, in and beside the desktop", () => {
  const other = { ...launch, limits: {}, runAs: 1000 };
  const refused = (error: unknown) => error instanceof DeskpodError && /user 1000/.test(error.message);
  assert.throws(() => ephemeralContainer(other, desktop, config), refused);
  assert.throws(() => appPod(other, desktop, 'abcdesktop', config), refused);
  assert.doesNotThrow(() => ephemeralContainer({ ...other, runAs: account.uid }, desktop, config));
});

test('whatever a launch requests, an app pod never has the X socket, the shared memory or a local display', () => {
  const value = fc.oneof(
    fc.constantFrom(':0', 'unix:0', 'localhost:0', '/tmp/.X11-unix/X0'),
    fc.string({ maxLength: 20 }),
  );
  const variable = fc.constantFrom('DISPLAY', 'XAUTHORITY', 'HOME', 'APP');
  fc.assert(
    fc.property(fc.dictionary(variable, value), fc.array(value), (env, command) => {
      const pod = appPod({ ...launch, env, command }, desktop, 'abcdesktop', config);
      const mounts = pod.spec?.containers.flatMap(({ volumeMounts }) => volumeMounts ?? []) ?? [];
      assert.ok(
        mounts.every(
          ({ name, mountPath }) =>
            !['x11socket', 'shm'].includes(name) &&
            !mountPath.startsWith('/dev/shm') &&
            !mountPath.startsWith('/tmp/.X11-unix'),
        ),
      );
      assert.ok(pod.spec?.volumes?.every(({ name }) => !['x11socket', 'shm'].includes(name)));
      assert.equal(pod.spec?.containers[0]?.env?.findLast(({ name }) => name === 'DISPLAY')?.value, '10.244.0.9:0');
      assert.ok(!pod.spec?.hostIPC && !pod.spec?.hostNetwork && !pod.spec?.hostPID);
    }),
  );
});

test('names of pull pods are the documented ones: app, node and a hash, up to 62 characters, one per type', () => {
  const names = ['pod_application', 'pod_application_pull'].map((type) =>
    pullName('2048-alpine', 'node1', 'x/2048:3.0', type),
  );
  for (const name of names) assert.match(name, /^pull-2048-alpine-node1-[0-9a-f]{20,}$/);
  assert.equal(new Set(names).size, 2);
  assert.ok(names.every((name) => name.length <= 62));
});

test('Secrets are named after type and user, and two users never share one', () => {
  assert.equal(secretName('vnc', 'hermes'), 'auth-vnc-hermes');
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (one, two) => {
      const name = secretName('localaccount', one);
      assert.match(name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
      assert.ok(name.length <= 62);
      if (one !== two) assert.notEqual(name, secretName('localaccount', two));
    }),
  );
});

test("only the owner's app pods, and gateway and api of the installation can connect", () => {
  const { spec: policy } = policyOf({ id: 'hermes-db906', uid: 'u' }, 'deskpod');
  assert.deepEqual(policy?.podSelector?.matchLabels, { 'deskpod/desktop': 'hermes-db906', type: 'x11server' });
  const selectors = JSON.stringify(policy?.ingress).match(/"matchLabels":\{[^}]*\}/g);
  assert.deepEqual(selectors, [
    '"matchLabels":{"deskpod/desktop":"hermes-db906","type":"pod_application"}',
    '"matchLabels":{"kubernetes.io/metadata.name":"deskpod"}',
    '"matchLabels":{"run":"nginx-od"}',
    '"matchLabels":{"kubernetes.io/metadata.name":"deskpod"}',
    '"matchLabels":{"run":"pyos-od"}',
  ]);
});

test('a home is created from a template, complete or only its spec, with the placeholders replaced', () => {
  const plain = {
    kind: 'persistentVolumeClaim',
    claim: null,
    volume: null,
    storageClass: 'fast',
    size: '2Gi',
  } as const;
  assert.equal(claimOf(plain, account).spec?.storageClassName, 'fast');
  const whole = {
    ...plain,
    claim: { metadata: { name: '{{ provider }}-{{ userid }}' }, spec: { accessModes: ['ReadWriteMany'] } },
  };
  assert.equal(claimName(whole, account), 'planet-hermes');
  assert.deepEqual(claimOf(whole, account).spec, { accessModes: ['ReadWriteMany'] });
  const volume = volumeOf({ ...plain, volume: { spec: { local: { path: '/homes/{{ userid }}' } } } }, account);
  assert.deepEqual(volume?.spec, { local: { path: '/homes/hermes' } });
  assert.throws(() => claimOf({ ...plain, claim: { storageClassName: '{{ nonsense }}' } }, account), /nonsense/);
});

test('whether a home is lost is read from the pod, not from the current configuration', () => {
  const made = (homes: KubernetesConfig['homes'], who = account) => {
    const pod = desktopPod({ ...spec, account: who }, { ...around, config: { ...config, homes } }, new Date());
    const metadata = { name: spec.id, uid: 'u-1', creationTimestamp: new Date() };
    return homeIn(Pod.parse({ metadata, spec: pod.spec }), who);
  };
  const claims = { kind: 'persistentVolumeClaim', claim: null, volume: null, storageClass: null, size: '1Gi' } as const;
  assert.equal(made({ kind: 'none' }), 'lost');
  assert.equal(made({ kind: 'hostPath', root: '/homes' }), 'kept');
  assert.equal(made(claims), 'kept');
  const guest: Account = { ...account, userId: 'b6d4', provider: 'anonymous' };
  for (const homes of [claims, { kind: 'hostPath', root: '/homes' } as const])
    assert.equal(made(homes, guest), 'lost', 'no claim or folder remains for a guest');
});

test('an app pod has the home of its desktop, not that of the current configuration', () => {
  const home = { name: 'home-1', persistentVolumeClaim: { claimName: 'mine' } };
  const pod = appPod(launch, { ...desktop, home }, 'abcdesktop', { ...config, homes: { kind: 'none' } });
  assert.deepEqual(pod.spec?.volumes?.[0], home);
  assert.match(JSON.stringify(pod.spec?.affinity), /required/);
});

test('other images get time zones but no locale; images of Deskpod get both', () => {
  const german = { ...desktop, inherited: { TZ: 'Europe/Vienna', LANG: 'de_AT.UTF-8', LANGUAGE: 'de_AT' } };
  const places = (image: string, from = german) => {
    const inside = ephemeralContainer({ ...launch, image, limits: {} }, from, config);
    const beside = appPod({ ...launch, image }, from, 'abcdesktop', config).spec?.containers[0];
    return [inside, beside].map((container) => {
      const mounts = container?.volumeMounts?.filter(({ mountPath }) => mountPath.startsWith('/usr/share/zoneinfo'));
      const env = Object.fromEntries(container?.env?.map(({ name, value }) => [name, value]) ?? []);
      const { TZ, LANG, LANGUAGE, LC_CTYPE } = env;
      return { mounts: mounts?.map(({ mountPath, subPath }) => [mountPath, subPath]), TZ, LANG, LANGUAGE, LC_CTYPE };
    });
  };
  const ours = { mounts: [], TZ: 'Europe/Vienna', LANG: 'de_AT.UTF-8', LANGUAGE: 'de_AT', LC_CTYPE: undefined };
  assert.deepEqual(places('registry.example.org/deskpod/2048-qt:1'), [ours, ours]);
  const theirs = { TZ: 'Europe/Vienna', LANG: undefined, LANGUAGE: 'de_AT', LC_CTYPE: 'C.UTF-8' };
  assert.deepEqual(places('docker.io/library/alpine:3'), [
    { ...theirs, mounts: [['/usr/share/zoneinfo', undefined]] },
    { ...theirs, mounts: [['/usr/share/zoneinfo/Europe/Vienna', 'localtime']] },
  ]);
  // A desktop of an earlier version lacks the volume and the file.
  const older = places('docker.io/library/alpine:3', { ...german, zoneinfo: false, zoneFile: null });
  assert.deepEqual(
    older.map(({ mounts }) => mounts),
    [[], []],
  );
});
