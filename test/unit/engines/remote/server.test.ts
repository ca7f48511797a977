/** The socket of the engine process: who can connect, how much at once, and how it starts and stops. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import { test } from 'node:test';
import type { EngineEvent } from '#domain/ports/engine.ts';
import { jsonFrame, KIND, MAX_REQUEST_BYTES } from '#engines/remote/frames.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { needsLinux } from '../../../fixtures/machine.ts';
import { eventually, halves, halvesOf, rawAnswers, rawConnection, soon } from './kit.ts';
import { DESKTOP } from './samples.ts';

/** Watches and new desktops end only when they are aborted, other calls when the gate opens. */
class WaitingEngine extends FakeEngine {
  readonly gate = Promise.withResolvers<void>();
  readonly aborted: unknown[] = [];
  waiting = 0;
  override async *watch(signal?: AbortSignal): AsyncGenerator<EngineEvent> {
    this.waiting += 1;
    if (signal && !signal.aborted) await once(signal, 'abort');
    yield* super.watch();
  }
  override async tidy(): Promise<void> {
    this.waiting += 1;
    await this.gate.promise;
  }
  override async makeDesktop(_spec: unknown, report: (step: 'home') => void, signal?: AbortSignal): Promise<never> {
    report('home');
    if (signal && !signal.aborted) await once(signal, 'abort');
    this.aborted.push(signal?.reason);
    throw signal?.reason;
  }
}

const LINUX = needsLinux();
const AS_ROOT = process.getuid?.() === 0 ? LINUX : { skip: 'needs root' };

test('only the user of the server process can connect', AS_ROOT, async () => {
  await using both = await halves({ uid: 20_001, gid: 20_002 });
  const { mode, uid, gid } = await stat(both.socket);
  assert.deepEqual([(mode & 0o777).toString(8), uid, gid], ['600', 20_001, 20_002]);
  assert.deepEqual(await readdir(dirname(both.socket)), ['engine.sock'], 'nothing else is left');
});

test('the socket gets its name when its owner and mode are right already', LINUX, async () => {
  await using both = await halves();
  await both.stop();
  const seen: string[] = [];
  const folder = dirname(both.socket);
  const over = new AbortController();
  const changed = new Set<string>();
  const watcher = watch(folder, (_event, name) => changed.add(name?.slice(0, 1) ?? ''));
  const looking = (async () => {
    while (!over.signal.aborted) {
      for (const name of await readdir(folder)) {
        const found = await stat(`${folder}/${name}`).catch(() => null);
        if (found) seen.push(`${name.slice(0, 6)} ${(found.mode & 0o777).toString(8)}`);
      }
    }
  })();
  for (let count = 0; count < 20; count += 1) await both.restart();
  over.abort();
  await looking;
  await eventually('the drafts were in a hidden folder there', () => changed.has('.'));
  watcher.close();
  const names = new Set(seen.map((one) => (one.startsWith('engine') ? one : one.replace(/^\S+/, 'draft'))));
  assert.ok(names.has('engine 600'));
  names.delete('engine 600');
  names.delete('draft 700');
  assert.deepEqual([...names], []);
});

test('the socket of a killed process is replaced, and one that another process has made meanwhile is left', async () => {
  await using both = await halves();
  await both.stop();
  await writeFile(both.socket, '');
  await both.restart();
  await both.remote.info();
  await using other = await halvesOf(new FakeEngine(), { socket: both.socket });
  await both.stop();
  await other.remote.info();
});

test('a request of more than a megabyte is refused before it is read', async () => {
  await using both = await halves();
  const header = Buffer.from([KIND.call, 0, 0, 0, 0]);
  header.writeUInt32BE(MAX_REQUEST_BYTES + 1, 1);
  const [answer] = await rawAnswers(both.socket, header);
  assert.match(JSON.stringify(answer?.json), /payload_too_large/);
  const env = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`V${at}`, 'x'.repeat(100_000)]));
  const making = both.remote.makeDesktop({ ...DESKTOP, env }, () => undefined, soon());
  await assert.rejects(making, failsWith('payload_too_large'));
});

function ask(path: string, method: string): Socket {
  const socket = rawConnection(path);
  socket.write(jsonFrame(KIND.call, { method, params: {} }));
  return socket;
}

test('more calls than allowed are refused, until the work of others ends', async () => {
  await using both = await halvesOf(new WaitingEngine(), { most: { calls: 3, streams: 2 } });
  const sockets = [1, 2, 3].map(() => ask(both.socket, 'tidy'));
  await eventually('all wait', () => both.engine.waiting === 3);
  await assert.rejects(both.remote.info(), failsWith('too_many_open'));
  for (const socket of sockets) socket.destroy();
  await assert.rejects(both.remote.info(), failsWith('too_many_open'), 'to leave makes no room');
  both.engine.gate.resolve();
  await eventually('there is room', () => works(() => both.remote.info()));
});

test('more streams than allowed are refused, and calls still have room', async () => {
  await using both = await halvesOf(new WaitingEngine(), { most: { calls: 3, streams: 2 } });
  const sockets = [1, 2].map(() => ask(both.socket, 'watch'));
  await eventually('both watch', () => both.engine.waiting === 2);
  const [answer] = await rawAnswers(both.socket, jsonFrame(KIND.call, { method: 'watch', params: {} }));
  assert.match(JSON.stringify(answer?.json), /too_many_open/);
  await both.remote.info();
  for (const socket of sockets) socket.destroy();
});

test('connections without a request are limited as calls are', async () => {
  await using both = await halvesOf(new FakeEngine(), { most: { calls: 2, streams: 2 } });
  const silent = [1, 2, 3, 4].map(() => rawConnection(both.socket));
  await Promise.all(silent.map((socket) => once(socket, 'connect', { signal: soon() })));
  assert.deepEqual(await rawAnswers(both.socket, jsonFrame(KIND.call, { method: 'info' })), []);
  for (const socket of silent) socket.destroy();
  await eventually('there is room', () => works(() => both.remote.info()));
});

test('stopping aborts what runs, and waits until it is undone', async () => {
  await using both = await halvesOf(new WaitingEngine());
  const started = Promise.withResolvers<void>();
  const making = both.remote.makeDesktop(DESKTOP, () => started.resolve(), soon());
  making.catch(() => undefined);
  await started.promise;
  await both.stop();
  assert.equal(both.engine.aborted.length, 1);
  await assert.rejects(making, failsWith('engine_unavailable'));
});

test('a client that leaves aborts its call', async () => {
  await using both = await halvesOf(new WaitingEngine());
  const socket = rawConnection(both.socket);
  socket.write(jsonFrame(KIND.call, { method: 'makeDesktop', params: { spec: DESKTOP } }));
  await once(socket, 'data', { signal: soon() });
  socket.destroy();
  await eventually('it is aborted', () => both.engine.aborted.length > 0);
  assert.ok(failsWith('engine_unavailable')(both.engine.aborted[0]));
});

function works(call: () => Promise<unknown>): Promise<boolean> {
  return call().then(
    () => true,
    () => false,
  );
}
