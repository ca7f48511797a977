/** Many connections to one socket at once: all succeed in order, for any backlog of the listener, or give up. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connectSocket as connectSocketOf } from '#engines/containers/host/connect-socket.ts';

/** Listens with a backlog of one and accepts a connection after each pause, or one per line of its input. */
const LISTENER = `
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(0)
print('listening', flush=True)
kept = []
while True:
    if sys.argv[2] == 'asked' and not sys.stdin.readline():
        break
    peer, _ = listener.accept()
    try:
        peer.sendall(b'%d' % len(kept))
    except BrokenPipeError:
        pass
    kept.append(peer)
    if sys.argv[2] != 'asked':
        time.sleep(float(sys.argv[2]))
`;
import { needsLinux } from '../../../fixtures/machine.ts';

const LINUX = needsLinux('python3');
const SELF = process.getuid?.() ?? 0;
const connectSocket = (path: string, signal: AbortSignal): Promise<Socket> => connectSocketOf(path, SELF, signal);

interface Listener {
  readonly path: string;
  /** Accepts one more connection. */
  readonly take: () => void;
}

async function listener(t: TestContext, pause: string): Promise<Listener> {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-socket-'));
  const path = join(folder, 's');
  const child = spawn('python3', ['-c', LISTENER, path, pause], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  await once(child.stdout, 'data', { signal: soon() });
  return { path, take: () => void child.stdin.write('\n') };
}

/** A timeout for steps that need no waiting, long enough for a busy machine. */
function soon(): AbortSignal {
  return AbortSignal.timeout(20_000);
}

/** The listener's message to a connection: the number of earlier ones. */
async function numberOf(socket: Socket): Promise<number> {
  const data: unknown[] = await once(socket, 'data', { signal: soon() });
  socket.destroy();
  return Number(data[0]);
}

test('a burst of 200 connections is accepted in order of arrival', LINUX, async (t) => {
  const { path } = await listener(t, '0.005');
  const order = await Promise.all(Array.from({ length: 200 }, async () => numberOf(await connectSocket(path, soon()))));
  assert.deepEqual(
    order,
    Array.from({ length: 200 }, (_, index) => index),
  );
});

test(
  'a listener that accepts no connection is not reported as a missing desktop: callers give up with their own reason',
  LINUX,
  async (t) => {
    const { path } = await listener(t, 'asked');
    const held = await connectSocket(path, soon());
    t.after(() => held.destroy());
    await assert.rejects(connectSocket(path, AbortSignal.timeout(200)), { name: 'TimeoutError' });
    await assert.rejects(connectSocket(path, AbortSignal.abort(new Error('left before'))), /left before/);
    await assert.rejects(connectSocket(`${path}-none`, soon()), { code: 'desktop_missing' });
  },
);

test('a caller that aborts does so at once, anywhere in the queue, and makes room', LINUX, async (t) => {
  const { path, take } = await listener(t, 'asked');
  const [first, second] = [new AbortController(), new AbortController()];
  const held = await connectSocket(path, soon());
  const [front, behind, last] = [first.signal, second.signal, soon()].map((signal) => connectSocket(path, signal));
  assert.ok(front && behind && last);
  const ends: string[] = [];
  for (const [name, end] of Object.entries({ front, behind, last })) {
    end.then(
      () => ends.push(name),
      () => ends.push(name),
    );
  }
  second.abort(new Error('the second left'));
  await assert.rejects(behind, /the second left/);
  assert.deepEqual(ends, ['behind']);
  first.abort(new Error('the first left'));
  await assert.rejects(front, /the first left/);
  take();
  assert.equal(await numberOf(held), 0);
  take();
  assert.equal(await numberOf(await last), 1);
  assert.deepEqual(ends, ['behind', 'front', 'last']);
});

test('a file that is no socket of the desktop is refused before anything connects', LINUX, async (t) => {
  const { path, take } = await listener(t, 'asked');
  await symlink(path, `${path}-link`);
  await symlink('/dev/null', `${path}-device`);
  await writeFile(`${path}-file`, '');
  for (const kind of ['link', 'device', 'file'])
    await assert.rejects(connectSocket(`${path}-${kind}`, soon()), {
      code: 'engine_unavailable',
      message: `${path}-${kind} isn't a socket of this desktop.`,
    });
  await link(path, `${path}-hard`);
  await assert.rejects(connectSocketOf(`${path}-hard`, SELF + 1, soon()), { code: 'engine_unavailable' });
  const [held] = [await connectSocket(path, soon()), take()];
  assert.equal(await numberOf(held), 0, 'nobody connected before');
});

test('a socket is the one that was checked, whatever its path is by then', LINUX, async (t) => {
  const [one, other] = [await listener(t, '0.001'), await listener(t, '0.001')];
  const stop = new AbortController();
  // As an app that tries its luck does.
  const swapping = (async () => {
    for (let round = 0; !stop.signal.aborted; round += 1) {
      await rm(`${one.path}-x`, { force: true });
      await (round % 2 === 0 ? link(one.path, `${one.path}-x`) : symlink(other.path, `${one.path}-x`));
    }
  })();
  let refused = 0;
  for (let round = 0; round < 200; round += 1) {
    try {
      (await connectSocket(`${one.path}-x`, soon())).destroy();
    } catch (error) {
      assert.match(String(error), /isn't a socket of this desktop|does not answer/);
      refused += 1;
    }
  }
  stop.abort();
  await swapping;
  assert.ok(refused < 200, 'some got in');
  assert.equal(await numberOf(await connectSocket(other.path, soon())), 0, 'nobody was led to the other one');
});
