/** What a server process that was taken over may try: each attempt is refused with its place, and nothing is done. */
import assert from 'node:assert/strict';
import { before, after, describe, test } from 'node:test';
import fc from 'fast-check';
import { jsonFrame, KIND } from '#engines/remote/frames.ts';
import type { FakeEngine } from '../../../fakes/engine.ts';
import { type Halves, halves, rawAnswers, rawConnection, rawError } from './kit.ts';
import { COPY, DESKTOP, LAUNCH, TOOLBOX } from './samples.ts';

/** An attempt, and the field that the error names. */
type Attempts = Readonly<Record<string, readonly [field: string, params: object]>>;

const account = (more: object): object => ({ spec: { ...DESKTOP, account: { ...DESKTOP.account, ...more } } });
const desktop = (more: object): object => ({ spec: { ...DESKTOP, ...more } });
const launch = (more: object): object => ({ spec: { ...LAUNCH, ...more } });
const toolbox = (more: object): object => ({ spec: { ...TOOLBOX, ...more } });

const ATTEMPTS: Readonly<Record<string, Attempts>> = {
  makeDesktop: {
    'as root': ['spec.account.uid', account({ uid: 0 })],
    'as a negative user': ['spec.account.uid', account({ uid: -1 })],
    'as a system account': ['spec.account.uid', account({ uid: 33 })],
    'as nobody': ['spec.account.uid', account({ uid: 65_534 })],
    'as a user that overflows to root': ['spec.account.uid', account({ uid: 2 ** 32 })],
    'as half a user': ['spec.account.uid', account({ uid: 1000.5 })],
    'as a user in words': ['spec.account.uid', account({ uid: '0' })],
    'in the group of root': ['spec.account.gid', account({ gid: 0 })],
    'in the group of disks': ['spec.account.gid', account({ gid: 6 })],
    'of a user without an id': ['spec.account.userId', account({ userId: '' })],
    'of a user with a second line in passwd': ['spec.account.displayName', account({ displayName: 'a\nroot::0:0' })],
    'outside of its folder': ['spec.id', desktop({ id: '../../etc' })],
    'with an id that is no string': ['spec.id', desktop({ id: { $ne: null } })],
    'with a long id': ['spec.id', desktop({ id: 'a'.repeat(64) })],
    'with labels of the installation': [
      'spec.labels.deskpod/instance',
      desktop({ labels: { 'deskpod/instance': 'true' } }),
    ],
    'with labels for the engine': [
      'spec.labels.io.containers.capabilities',
      desktop({ labels: { 'io.containers.capabilities': 'true' } }),
    ],
    'under the name of another': ['spec.labels.access_userid', desktop({ labels: { access_userid: 'true' } })],
    'with a label of any value': ['spec.labels.user', desktop({ labels: { user: 'x' } })],
    'with an option as image': ['spec.image', desktop({ image: '--privileged' })],
    'with a path as image': ['spec.image', desktop({ image: '../x' })],
    'with a variable that has two names': ['spec.env.A=B', desktop({ env: { 'A=B': '' } })],
    'with a zero byte in a variable': ['spec.env.A', desktop({ env: { A: 'a\0b' } })],
    'with a huge screen': ['spec.geometry', desktop({ geometry: { width: 8192, height: 8192 } })],
    'with a path as time zone': ['spec.regional.timezone', desktop({ regional: { timezone: '../x', languages: [] } })],
    'with negative limits': ['spec.limits.memoryBytes', desktop({ limits: { memoryBytes: -1 } })],
    'without a spec': ['spec', {}],
  },
  launch: {
    'with labels of the installation': ['spec.labels', launch({ labels: { 'deskpod/desktop': 'other' } })],
    'as a negative user': ['spec.runAs', launch({ runAs: -1 })],
    'with a seccomp profile of its own': ['spec.seccomp', launch({ seccomp: '/home/hermes/any.json' })],
    'without seccomp': ['spec.seccomp', launch({ seccomp: 'unconfined' })],
    'with a runtime of its own': ['spec.runtime', launch({ runtime: 'privileged' })],
    'in the desktop of a path': ['spec.desktopId', launch({ desktopId: 'a/../b' })],
    'with a very long argument': ['spec.command.0', launch({ command: ['x'.repeat(200_000)] })],
    'with very many arguments': ['spec.command', launch({ command: Array.from({ length: 2_000 }, () => 'x') })],
    'with more processes than a kernel has': ['spec.limits.processes', launch({ limits: { processes: 10 ** 9 } })],
  },
  'debug.addToolbox': {
    'with a profile of its own': ['spec.profile', toolbox({ profile: 'root' })],
    'with the name of a path': ['spec.name', toolbox({ name: '../x' })],
    'beside a path': ['spec.target.launchId', toolbox({ target: { desktopId: DESKTOP.id, launchId: 'a?b' } })],
  },
  'debug.copy': {
    'of a path': ['spec.of', { spec: { ...COPY, of: 'a%2fb' } }],
    'with labels of the installation': [
      'spec.launch.labels',
      { spec: { ...COPY, launch: { ...LAUNCH, labels: { type: 'x11server' } } } },
    ],
  },
  exec: {
    nothing: ['spec.command', { target: { desktopId: DESKTOP.id }, spec: { command: [], tty: null } }],
    'in a path': [
      'target.container',
      { target: { desktopId: DESKTOP.id, container: 'a/json?' }, spec: { command: ['id'], tty: null } },
    ],
    'in an endless terminal': [
      'spec.tty.rows',
      { target: { desktopId: DESKTOP.id }, spec: { command: ['id'], tty: { columns: 80, rows: 10 ** 9 } } },
    ],
  },
  logs: {
    'of any size': [
      'options.tailBytes',
      { target: { desktopId: DESKTOP.id }, options: { follow: true, tailBytes: 2 ** 40 } },
    ],
  },
  ensureImage: { 'of a URL': ['image.reference', { image: { reference: 'http://a b', app: null } }] },
  launchOfProcess: { 'of a path': ['pid', { desktopId: DESKTOP.id, pid: '1/../2' }] },
  stopLaunch: { 'in a thousand years': ['graceMs', { id: LAUNCH.id, graceMs: 10 ** 15 }] },
  removeDesktop: { 'outside of its folder': ['id', { id: '..' }] },
};

describe('a server process that was taken over', () => {
  const calls: string[] = [];
  let both: Halves<FakeEngine>;
  before(async () => {
    both = await halves();
    spyOn(both.engine, calls);
  });
  after(() => both[Symbol.asyncDispose]());

  for (const [method, attempts] of Object.entries(ATTEMPTS))
    for (const [words, [field, params]] of Object.entries(attempts))
      test(`cannot call ${method} ${words}`, async () => {
        const error = await rawError(both.socket, method, params);
        assert.ok(isError(error), JSON.stringify(error));
        assert.deepEqual([error.code, error.field], ['invalid_request', field]);
        assert.ok(error.message.length < 400, error.message);
        assert.deepEqual(calls, []);
      });

  test('cannot call what is no method, or inherited from an object', async () => {
    for (const method of ['connect', 'constructor', '__proto__', 'toString', 'debug', '']) {
      const error = await rawError(both.socket, method, {});
      assert.ok(isError(error) && error.code === 'invalid_request' && /no method/.test(error.message), method);
    }
  });

  test('cannot send what is no request', async () => {
    for (const body of ['', 'null', '[]', '{"method":7}', '{"method":"info","params":7}', '{', '"x"']) {
      const message = Buffer.concat([Buffer.from([KIND.call, 0, 0, 0, body.length]), Buffer.from(body)]);
      const [answer] = await rawAnswers(both.socket, message);
      assert.ok(isError(answer?.json) && answer.json.code === 'invalid_request', body);
    }
  });

  test('cannot make it fail with bytes of any kind', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.tuple(fc.integer({ min: 0, max: 20 }), fc.jsonValue()).map(([kind, json]) => {
        const body = Buffer.from(JSON.stringify(json));
        return Buffer.concat([Buffer.from([kind, 0, 0, body.length >> 8, body.length & 0xff]), body]);
      }),
    );
    const messages = fc.array(bytes, { minLength: 1, maxLength: 3 });
    const property = fc.asyncProperty(messages, async (sent) => {
      const socket = rawConnection(both.socket);
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.resume();
      socket.end(Buffer.concat(sent));
      await closed;
    });
    await fc.assert(property, { numRuns: 200 });
    assert.equal((await both.remote.info()).name, 'Fake');
    assert.deepEqual([calls, both.failures], [[], []]);
  });

  test('cannot send two requests, or messages about a command that does not run', async () => {
    const request = jsonFrame(KIND.call, { method: 'logs', params: { target: { desktopId: 'a' }, options: {} } });
    for (const message of [request, jsonFrame(KIND.input, {}), jsonFrame(KIND.resize, { columns: 1, rows: 1 })]) {
      const answers = await rawAnswers(both.socket, request, message);
      assert.ok(isError(answers.at(-1)?.json));
    }
    const [early] = await rawAnswers(both.socket, jsonFrame(KIND.input, {}));
    assert.ok(isError(early?.json) && early.json.code === 'invalid_request');
    assert.deepEqual(calls, []);
  });
});

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
}

function isError(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** Notes every method of the engine that is called, except the one that goes with every answer. */
function spyOn(engine: FakeEngine, calls: string[]): void {
  for (const name of ['makeDesktop', 'removeDesktop', 'launch', 'exec', 'ensureImage', 'stopLaunch', 'logs'] as const)
    Object.assign(engine, { [name]: () => calls.push(name) });
  for (const name of ['addToolbox', 'copy', 'toolbox'] as const)
    Object.assign(engine.debug, { [name]: () => calls.push(name) });
}
