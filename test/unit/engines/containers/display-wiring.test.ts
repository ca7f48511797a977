/** The main rule: a local X connection and the desktop's IPC namespace go together, for any request. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { z } from 'zod';
import type { LaunchSpec } from '#domain/ports/engine-launch.ts';
import {
  desktopBody,
  launchBody,
  type LaunchDesktop,
  type HostSettings,
} from '#engines/containers/specs/container-spec.ts';
import { bind } from '#engines/containers/specs/mounts.ts';
import type { ServiceName } from '#domain/ports/engine.ts';
import { serviceBody } from '#engines/containers/specs/service-spec.ts';
import { desktopPaths, homeOf } from '#engines/containers/specs/paths.ts';

const Body = z.looseObject({
  Env: z.array(z.string()),
  User: z.string(),
  Hostname: z.string().optional(),
  HostConfig: z.looseObject({
    NetworkMode: z.string(),
    IpcMode: z.string(),
    PidMode: z.string().optional(),
    Privileged: z.boolean(),
    CapDrop: z.array(z.string()),
    SecurityOpt: z.array(z.string()),
    Binds: z.array(z.string()),
    Tmpfs: z.record(z.string(), z.string()).optional(),
    Memory: z.number().optional(),
    NanoCpus: z.number().optional(),
  }),
});

const account = { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'directory', uid: 4100, gid: 4100 };
const ANCHOR = 'a'.repeat(64);

const desktopOf = (address: string): LaunchDesktop => {
  const paths = desktopPaths('/run/deskpod', 'hermes-db906');
  return {
    account,
    paths,
    home: homeOf('/var/lib/deskpod', account.userId, null),
    image: 'sha256:desktop',
    cgroup: '/deskpod/x/hermes-db906',
    services: ['files', 'sound', 'printer'],
    shared: [],
    printQueue: 'q0123',
    inherited: { TZ: 'UTC' },
    display: { desktopId: 'hermes-db906', containerId: ANCHOR, address, socketFolder: paths.x11, joinsHostname: true },
  };
};
const around: fc.Arbitrary<HostSettings> = fc.record({
  flavour: fc.constantFrom('podman', 'docker'),
  shmBytes: fc.constant(1e8),
  tmpBytes: fc.constant(1e8),
  services: fc.subarray<ServiceName>(['files', 'sound', 'printer']),
  node: fc.constant('vm'),
  init: fc.boolean(),
  processors: fc.constant(2),
  shared: fc.constant([]),
  seccomp: fc.constant('/run/deskpod/seccomp'),
});
const variable = fc.constantFrom(
  'DISPLAY',
  'XAUTHORITY',
  'HOME',
  'APP',
  'LD_PRELOAD',
  'XDG_RUNTIME_DIR',
  'QT_X11_NO_MITSHM',
);
const value = fc.oneof(
  fc.constantFrom(':0', 'unix:0', '127.0.0.1:0', 'localhost:0', '/tmp/.X11-unix/X0'),
  fc.string({ maxLength: 20 }),
);
const spec: fc.Arbitrary<LaunchSpec> = fc.record({
  id: fc.constant('hermes-app-x-12345'),
  desktopId: fc.constant('hermes-db906'),
  appName: fc.string({ maxLength: 10 }),
  runtime: fc.constantFrom('ephemeral_container', 'pod_application'),
  image: fc.constantFrom('localhost/deskpod/terminal:1', 'docker.io/abcdesktopio/2048:3.0'),
  command: fc.array(fc.string({ maxLength: 10 }), { maxLength: 3 }),
  env: fc.dictionary(variable, value),
  limits: fc.record({ memoryBytes: fc.integer({ min: 1 }), processes: fc.integer({ min: 1 }) }, { requiredKeys: [] }),
  labels: fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 })),
  executeClass: fc.constantFrom('default', 'gold'),
  pod: fc.constant({}),
  runAs: fc.constantFrom(null, 0, 33, 4100),
  seccomp: fc.constantFrom(null, 'browser-sandbox'),
});
const address = fc.ipV4().filter((ip) => !ip.startsWith('127.'));

test("a launch has the X socket, a local DISPLAY and the desktop's IPC, network and PID namespaces, or none of them", () => {
  fc.assert(
    fc.property(spec, around, address, (spec, around, address) => {
      const { Env, HostConfig } = Body.parse(launchBody(spec, {}, desktopOf(address), around));
      const joined = `container:${ANCHOR}`;
      const display = Env.filter((entry) => entry.startsWith('DISPLAY='));
      assert.equal(display.length, 1);
      const signs = [
        HostConfig.Binds.some((entry) => entry.includes('.X11-unix') || entry.includes('/x11')),
        /^DISPLAY=(:|unix|localhost|127\.)/.test(display[0] ?? ''),
        HostConfig.IpcMode === joined,
        HostConfig.NetworkMode === joined,
        HostConfig.PidMode === joined,
      ];
      assert.deepEqual(
        signs,
        signs.map(() => spec.runtime === 'ephemeral_container'),
      );
    }),
  );
});

test("only the encoder of a desktop's services has the X socket, with the desktop's IPC namespace and nothing else of it", () => {
  fc.assert(
    fc.property(fc.constantFrom<ServiceName>('files', 'sound', 'printer', 'video'), around, (service, around) => {
      const desktop = desktopOf('10.0.0.2');
      const { HostConfig } = Body.parse(serviceBody(service, desktop, {}, around));
      const isEncoder = service === 'video';
      assert.equal(
        HostConfig.Binds.some((entry) => entry.includes('.X11-unix')),
        isEncoder,
      );
      assert.equal(HostConfig.IpcMode, isEncoder ? `container:${ANCHOR}` : 'private');
      assert.equal(HostConfig.NetworkMode, 'none');
      assert.equal(HostConfig.PidMode, undefined);
      assert.equal(
        HostConfig.Binds.some((entry) => entry.startsWith(`${desktop.home.outside}:`)),
        !isEncoder,
      );
    }),
  );
});

test('no launch can access the screen, the passwords or a parent folder', () => {
  fc.assert(
    fc.property(spec, around, (spec, around) => {
      const { HostConfig } = Body.parse(launchBody(spec, {}, desktopOf('10.0.0.2'), around));
      const { root, secret, rfb, xauthority } = desktopPaths('/run/deskpod', 'hermes-db906');
      const sources = HostConfig.Binds.map((entry) => entry.split(':')[0] ?? '');
      assert.ok(
        sources.every(
          (source) =>
            source === xauthority || (!source.startsWith(secret) && !source.startsWith(rfb) && source !== root),
        ),
      );
    }),
  );
});

test("an image of others keeps its locale, one of Deskpod has the desktop's, and a user's setting overrides both", () => {
  const variables = (image: string, env: Record<string, string> = {}) => {
    const [any] = fc.sample(spec, 1);
    const [here] = fc.sample(around, 1);
    assert.ok(any && here);
    const wanted = { ...any, image, env };
    const inherited = { TZ: 'UTC', LANG: 'de_DE.UTF-8', LANGUAGE: 'de_DE' };
    const { Env } = Body.parse(launchBody(wanted, {}, { ...desktopOf('10.0.0.2'), inherited }, here));
    return Env.filter((entry) => /^(LANG|LANGUAGE|LC_\w+|TZ)=/.test(entry)).toSorted();
  };
  const language = 'LANGUAGE=de_DE';
  assert.deepEqual(variables('localhost/deskpod/terminal:1'), ['LANG=de_DE.UTF-8', language, 'TZ=UTC']);
  assert.deepEqual(variables('docker.io/library/alpine:3'), [language, 'LC_CTYPE=C.UTF-8', 'TZ=UTC']);
  assert.ok(variables('docker.io/library/alpine:3', { LANG: 'C' }).includes('LANG=C'));
});

test('every container runs as the user, without capabilities and without a way to gain privileges', () => {
  fc.assert(
    fc.property(spec, around, (spec, around) => {
      const body = Body.parse(launchBody(spec, {}, desktopOf('10.0.0.2'), around));
      assert.equal(body.User, '4100:4100');
      const [first, ...others] = body.HostConfig.SecurityOpt;
      assert.deepEqual(
        [body.HostConfig.Privileged, body.HostConfig.CapDrop, first],
        [false, ['ALL'], 'no-new-privileges'],
      );
      assert.equal(others.length, spec.seccomp === null ? 0 : 1, 'another seccomp profile only for an app that asks');
      assert.ok(others.every((option) => option.startsWith('seccomp=') && !option.includes('unconfined')));
    }),
  );
});

test('a desktop shares its IPC namespace and keeps its credentials out of variables', () => {
  const desktop = {
    id: 'hermes-db906',
    account,
    image: 'x',
    geometry: { width: 800, height: 600 },
    regional: { timezone: null, languages: [] },
    env: { DISPLAY: ':9' },
    x11Tcp: false,
    limits: { cpus: 64 },
    labels: {},
    shared: [],
  };
  const home = homeOf('/var/lib/deskpod', 'hermes', null);
  const surroundings = {
    flavour: 'podman',
    shmBytes: 1e8,
    tmpBytes: 1e8,
    node: 'vm',
    services: ['files', 'sound', 'printer'],
    init: true,
    processors: 2,
    shared: [{ name: 'Rules', path: '/srv/rules', readOnly: true, gid: 4200 }],
    seccomp: '/run/deskpod/seccomp',
  } as const;
  const around = { printQueue: 'Print_to_my_computer', cgroup: null, wallpapers: null, shared: ['Rules', 'unknown'] };
  const paths = desktopPaths('/run/deskpod', 'hermes-db906');
  const body = Body.parse(desktopBody(desktop, {}, paths, home, surroundings, around));
  assert.ok(body.Env.includes('PRINTER=Print_to_my_computer'), 'its web shell prints, too');
  assert.ok(body.HostConfig.Binds.includes('/srv/rules:/home/hermes/Shared/Rules:ro'), 'by its own configuration');
  assert.equal(body.HostConfig.Binds.filter((bind) => bind.includes('/Shared/')).length, 1);
  assert.equal(body.HostConfig.IpcMode, 'shareable');
  assert.equal(body.HostConfig.NanoCpus, 2e9, 'the limit does not exceed the CPUs of the machine');
  assert.ok(
    body.Env.includes('DISPLAY=:0') && body.Env.includes('X11LISTEN=unix') && body.Env.includes('GEOMETRY=800x600'),
  );
});

test('no mount can reach the X socket or the shared memory', () => {
  for (const target of [
    '/tmp/.X11-unix',
    '/tmp',
    '/',
    '/tmp/.X11-unix/X0',
    '/dev/shm',
    '/dev',
    '/home/../tmp/.X11-unix',
    'relative',
  ]) {
    assert.throws(() => bind('/srv/data', target, 'rw'), /X socket/, target);
  }
  for (const source of [
    '/tmp/.X11-unix',
    '/run/deskpod/desktops/hermes-db906/x11',
    '/run/deskpod/desktops/hermes-db906/x11/X0',
    '/dev/shm/x',
  ]) {
    assert.throws(() => bind(source, '/mnt', 'rw'), /X socket/, source);
  }
  assert.equal(bind('/srv/data', '/tmp/data', 'ro'), '/srv/data:/tmp/data:ro');
});

test('a run folder whose path is too long for sockets is refused with a fix', () => {
  assert.throws(() => desktopPaths(`/run/${'deep/'.repeat(20)}`, 'hermes-db906'), /longer than 107 bytes/);
});
