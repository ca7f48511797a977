/** Debugging on a cluster, its pure parts: requests, parsing, and messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesConfig } from '#config/config.ts';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ApiFault } from '#engines/kubernetes/cluster/api-fault.ts';
import { endOf } from '#engines/kubernetes/exec/channel-stream.ts';
import { commandsOf } from '#engines/kubernetes/debug/commands.ts';
import { customized } from '#engines/kubernetes/debug/custom.ts';
import { toEngineError, startFault } from '#engines/kubernetes/debug/refusals.ts';
import { masked } from '#engines/kubernetes/debug/masked.ts';
import {
  addedBy,
  isOwnToolbox,
  readToolboxAnnotation,
  toolboxAnnotationPatch,
} from '#engines/kubernetes/pods/toolbox-annotations.ts';
import { type ToolboxTarget, toolboxContainer } from '#engines/kubernetes/debug/toolbox-container.ts';
import { isLaunchContainer } from '#engines/kubernetes/pods/describe.ts';
import { lacksEnv, toExecError } from '#engines/kubernetes/exec/exec-errors.ts';
import { Pod } from '#engines/kubernetes/cluster/pod.ts';

const config: KubernetesConfig = {
  kind: 'kubernetes',
  namespace: 'n',
  kubeconfig: null,
  images: { registry: 'r/deskpod', tag: '1', digests: {}, pullPolicy: 'IfNotPresent', pullSecrets: [] },
  services: [],
  requests: {},
  nodeSelector: {},
  tolerations: [],
  pods: {
    namespace: 'abcdesktop',
    userNamespaces: false,
    runtimeClassName: null,
    seccompProfiles: null,
    storageRequest: '0',
    storageLimit: '32Gi',
    homeSize: '16Gi',
    tmpSize: '4Gi',
  },
  homes: { kind: 'none' },
  shared: [],
  podNetworks: null,
};
const spec: ToolboxSpec = {
  name: 'debugger-1',
  target: { desktopId: 'fry-1', launchId: 'app-1' },
  image: 'r/deskpod/toolbox:1',
  profile: 'general',
  env: {},
  command: [],
  plain: false,
  custom: null,
  by: 'leela',
  shared: true,
};
const target: ToolboxTarget = {
  uid: 4100,
  gid: 4200,
  account: { userId: 'fry', displayName: 'Fry', provider: 'p', uid: 4100, gid: 4200 },
  container: {
    name: 'app-1',
    volumeMounts: [
      { name: 'home-fry', mountPath: '/home/fry' },
      { name: 'x', mountPath: '/x', readOnly: true },
      { name: 'y', mountPath: '/y', subPath: 'z' },
    ],
  },
  joins: 'x-graphical',
  containerId: 'ab12',
  name: 'app-1',
};

test("a toolbox has its target's user and mounts, except for those that ephemeral containers cannot have", () => {
  const made = toolboxContainer(spec, target, config);
  assert.deepEqual(made.volumeMounts, [
    { name: 'home-fry', mountPath: '/home/fry' },
    { name: 'x', mountPath: '/x', readOnly: true },
  ]);
  const { runAsUser, runAsGroup, capabilities } = made.securityContext ?? {};
  assert.deepEqual([runAsUser, runAsGroup, capabilities?.add], [4100, 4200, ['SYS_PTRACE']]);
  assert.deepEqual(made.command, ['toolbox']);
  assert.equal(made.env?.find(({ name }) => name === 'TOOLBOX_TARGET')?.value, 'ab12');
});

test('capabilities that only work for root are granted only with root', () => {
  for (const profile of ['netadmin', 'sysadmin'] as const) {
    const { securityContext } = toolboxContainer({ ...spec, profile }, target, config);
    assert.deepEqual([securityContext?.runAsUser, securityContext?.runAsNonRoot], [0, false], profile);
  }
});

test('a foreign image runs the given command, or its own', () => {
  assert.equal(toolboxContainer({ ...spec, image: 'busybox' }, target, config).command, undefined);
  const { command } = toolboxContainer({ ...spec, image: 'busybox', command: ['sh'] }, target, config);
  assert.deepEqual(command, ['sh']);
  assert.deepEqual(toolboxContainer({ ...spec, command: ['ps'] }, target, config).command, ['toolbox', 'ps']);
});

test("plain equals kubectl's spec", () => {
  assert.deepEqual(toolboxContainer({ ...spec, plain: true, profile: 'baseline' }, target, config), {
    name: 'debugger-1',
    image: 'r/deskpod/toolbox:1',
    stdin: true,
    tty: true,
    terminationMessagePolicy: 'File',
    targetContainerName: 'x-graphical',
  });
});

test('a custom container is merged by the keys of its lists; scalars and other lists are replaced', () => {
  const merged = customized(
    { name: 'c', env: [{ name: 'A', value: '1' }], securityContext: { runAsUser: 1, capabilities: { add: ['X'] } } },
    {
      env: [
        { name: 'B', value: '2' },
        { name: 'A', value: '3' },
      ],
      securityContext: { capabilities: { add: ['Y'] } },
    },
  );
  assert.deepEqual(merged, {
    name: 'c',
    env: [
      { name: 'A', value: '3' },
      { name: 'B', value: '2' },
    ],
    securityContext: { runAsUser: 1, capabilities: { add: ['Y'] } },
  });
});

for (const field of ['name', 'image', 'command', 'lifecycle', 'volumeDevices']) {
  test(`a custom ${field} is refused, as by kubectl`, () => {
    assert.throws(() => customized({ name: 'c' }, { [field]: ['x'] }), new RegExp(`cannot set ${field}`));
  });
}

const pod = (more: object): Pod =>
  Pod.parse({
    metadata: { name: 'p', uid: 'u', creationTimestamp: '2026-11-26T00:00:00Z', ...more },
    spec: {
      containers: [{ name: 'c' }],
      ephemeralContainers: [{ name: 't', env: [{ name: 'ABCDESKTOP_EXECUTE_RUNTIME', value: 'x' }] }],
    },
  });

test('the annotation of a toolbox is read back, and a toolbox is never a launch, whatever its variables', () => {
  const note = { by: 'leela', target: { desktopId: 'p' }, profile: 'general', special: true } as const;
  const { metadata } = { metadata: {}, ...toolboxAnnotationPatch('t', note) };
  assert.deepEqual(readToolboxAnnotation(pod(metadata), 't'), note);
  assert.equal(isLaunchContainer(pod(metadata), 't'), false);
  assert.equal(isLaunchContainer(pod({}), 't'), true);
  assert.equal(readToolboxAnnotation(pod({ annotations: { 'toolbox.deskpod/t': '{"by":1}' } }), 't'), null);
});

test('the managed fields show who added a container', () => {
  const fieldsV1 = { 'f:spec': { 'f:ephemeralContainers': { 'k:{"name":"t"}': { '.': {} } } } };
  const managedFields = [
    { manager: 'kubelet', subresource: 'status', fieldsV1: {} },
    { manager: 'kubectl', subresource: 'ephemeralcontainers', time: '2026-11-26T01:00:00Z', fieldsV1 },
  ];
  assert.equal(addedBy(pod({ managedFields }), 't')?.manager, 'kubectl');
  assert.equal(addedBy(pod({ managedFields }), 'other'), null);
  assert.equal(isOwnToolbox(pod({ managedFields }), 't'), false);
  const own = { manager: 'deskpod-toolbox', subresource: 'ephemeralcontainers', fieldsV1 };
  assert.equal(isOwnToolbox(pod({ managedFields: [own] }), 't'), true, 'also before it is annotated');
});

const asked = { what: 'the toolbox t', name: 't', pod: 'p', profile: 'general' };
const code = (status: number, message: string): string | null => {
  const error = toEngineError(new ApiFault(message, status, '', null), asked);
  return error instanceof DeskpodError ? error.code : null;
};

test('each refusal of the API server has its own code', () => {
  assert.equal(code(403, 'pods "p" is forbidden: violates PodSecurity "restricted:latest": x'), 'profile_refused');
  assert.equal(
    code(403, 'pods "p" is forbidden: User "s" cannot patch resource "pods/ephemeralcontainers"'),
    'forbidden',
  );
  assert.equal(code(400, 'admission webhook "w" denied the request: no'), 'profile_refused');
  assert.equal(code(404, 'pods "p" not found'), 'desktop_missing');
  assert.equal(code(409, 'pods "t" already exists'), 'name_taken');
  assert.equal(code(422, 'Pod "p" is invalid: existing ephemeral containers "t" may not be changed'), 'name_taken');
  assert.equal(code(422, 'Pod "p" is invalid: spec.ephemeralContainers[0].ports: Forbidden'), 'invalid_request');
  assert.equal(code(0, 'does not answer'), 'engine_unavailable');
});

test('a user that the pod does not allow is reported as such', () => {
  const error = new DeskpodError('app_unavailable', 'container has runAsNonRoot and image will run as root');
  const fault = startFault(error, 'The toolbox t');
  assert.ok(fault instanceof DeskpodError && fault.code === 'profile_refused');
  const other = new DeskpodError('app_unavailable', 'not found');
  assert.equal(startFault(other, 'x'), other);
});

const failure = (message: string) => endOf(Buffer.from(JSON.stringify({ status: 'Failure', message, details: {} })));
const runc = (program: string, why: string) =>
  failure(
    `error executing command: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${why}`,
  );

test('a missing program is reported as such, for any message of the runtime', () => {
  const missing = [
    runc('bash', 'executable file not found in $PATH'),
    runc('/bin/bash', 'stat /bin/bash: no such file or directory'),
    failure('crun: executable file `bash` not found in $PATH: No such file or directory'),
  ];
  for (const end of missing) assert.equal(toExecError(['bash'], end, '')?.code, 'no_such_program');
  const byEnv = { exitCode: 127, left: false, refusal: null };
  assert.equal(toExecError(['bash'], byEnv, 'env: ‘bash’: No such file or directory')?.code, 'no_such_program');
  assert.equal(toExecError(['bash'], byEnv, 'sh: x: not found'), null);
  assert.equal(toExecError(['bash'], { exitCode: 0, left: false, refusal: null }, ''), null);
  assert.equal(toExecError(['bash'], failure('container not running'), '')?.code, 'conflict');
  assert.equal(lacksEnv(runc('/usr/bin/env', 'stat /usr/bin/env: no such file or directory')), true);
  assert.equal(lacksEnv(runc('bash', 'executable file not found in $PATH')), false);
});

test('the raw object lacks only secrets and managed fields', () => {
  const shown = masked({
    metadata: { managedFields: [1], creationTimestamp: new Date('2026-11-26T00:00:00Z') },
    spec: {
      containers: [
        {
          env: [
            { name: 'A_TOKEN', value: 'x' },
            { name: 'B', value: 'y' },
            { name: 'C', valueFrom: {} },
          ],
        },
      ],
    },
  });
  assert.deepEqual(shown, {
    metadata: { creationTimestamp: '2026-11-26T00:00:00Z' },
    spec: {
      containers: [
        {
          env: [
            { name: 'A_TOKEN', value: '••••' },
            { name: 'B', value: 'y' },
            { name: 'C', valueFrom: {} },
          ],
        },
      ],
    },
  });
});

test('commands to copy contain the namespace; a finished container has none for exec and attach', () => {
  const subject = {
    namespace: 'n',
    pod: 'p',
    container: 'c',
    joins: 'x-graphical',
    image: 'i',
    runs: true,
    attachable: true,
    containerId: 'ab',
    pid: 7,
  };
  const all = commandsOf(subject);
  assert.deepEqual(
    all.map(({ does }) => does),
    ['exec', 'debug', 'attach', 'logs', 'describe', 'nsenter', 'nsenter'],
  );
  assert.ok(all.filter(({ does }) => does !== 'nsenter').every(({ line }) => line.includes('--namespace n ')));
  assert.deepEqual(
    commandsOf({ ...subject, runs: false }).map(({ does }) => does),
    ['logs', 'describe'],
  );
});
