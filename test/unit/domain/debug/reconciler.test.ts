/** Debug sessions that expire or lose their server, and their terminals: on a fake engine. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { debugStage } from '../../../fakes/debug.ts';
import { eventually } from '../../../fakes/launches.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';

const SIZE = { columns: 100, rows: 30 };
const COMMAND = { command: ['sh'], tty: true };
const FRY = { id: 'fry', name: 'Fry', roles: ['user' as const], labels: [] };
const LEELA = { id: 'leela', name: 'Leela', roles: ['user' as const, 'support' as const], labels: [] };
const soon = () => AbortSignal.timeout(5000);
const past = () => new Date(Date.now() - 1000).toISOString();

test('an expired session ends, and its toolbox with it', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { context, engine } = stage.api;
  const { id, name } = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  await context.debug.sweep();
  assert.equal((await stage.fry.get(id)).status.state, 'running');
  await context.store.debug.change(id, ['running'], { status: { state: 'running', endsAt: past() } });
  await context.debug.sweep();
  const { status } = await stage.fry.get(id);
  assert.equal(status.state === 'ended' && status.reason, 'expired');
  assert.deepEqual(engine.debug.stopped, [name]);
});

test('only the requester can extend a session', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id } = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  await stage.api.context.store.debug.change(id, ['running'], { status: { state: 'running', endsAt: past() } });
  const { status } = await stage.fry.act(id, 'extension');
  assert.ok(status.state === 'running' && new Date(status.endsAt) > new Date());
  assert.equal((await stage.admin.refusal('POST', `/debug/${id}/extension`, {})).status, 403);
});

test('a request without an answer ends after its timeout', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { id } = await stage.support.ask('toolboxes', { desktop, reason: 'slow' });
  const { store, debug } = stage.api.context;
  await store.debug.change(id, ['asking'], { status: { state: 'asking', approvableAt: past(), until: past() } });
  await debug.sweep();
  const { status } = await stage.fry.get(id);
  assert.equal(status.state === 'ended' && status.reason, 'unanswered');
});

test('a session whose server has died is taken over: it continues, and is recorded here', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { store, debug } = stage.api.context;
  const { id } = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  const here = (await store.debug.find(id))?.server;
  await store.debug.change(id, ['running'], { server: 'gone/1' });
  await debug.sweep();
  assert.equal((await store.debug.find(id))?.server, 'gone/1');
  await debug.sweep();
  assert.equal((await store.debug.find(id))?.server, here);
});

test('after a restart a server reopens the terminals of its previous process at once', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { store, debug } = stage.api.context;
  const { id } = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  const here = (await store.debug.find(id))?.server;
  await store.debug.change(id, ['running'], { server: 'fake/before' });
  await debug.adopt('other');
  assert.equal((await store.debug.find(id))?.server, 'fake/before');
  await debug.adopt('fake');
  assert.equal((await store.debug.find(id))?.server, here);
});

test('a session whose server stopped during its start fails', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { store, debug } = stage.api.context;
  const gate = Promise.withResolvers<void>();
  stage.api.engine.debug.gate = gate.promise;
  const { id } = await stage.fry.ask('toolboxes');
  await store.debug.change(id, ['starting'], { server: 'gone/1' });
  await debug.sweep();
  const swept = debug.sweep();
  const { status } = await stage.until(id, 'ended');
  assert.equal(status.state === 'ended' && status.reason, 'failed');
  gate.resolve();
  await swept;
});

test('a toolbox that no session uses is stopped, and a foreign one is kept', async () => {
  await using stage = await debugStage();
  const desktopId = await stage.fry.startDesktop();
  const { debug } = stage.api.engine;
  const box = {
    desktopId,
    userId: 'fry',
    target: { desktopId },
    profile: null,
    image: 'x',
    by: null,
    shared: true,
    status: { state: 'running' },
    startedAt: new Date(0),
  } as const;
  debug.boxes.set('ours', { ...box, name: 'ours', foreign: false });
  debug.boxes.set('theirs', { ...box, name: 'theirs', foreign: true });
  await stage.api.context.debug.sweep();
  assert.deepEqual(debug.stopped, ['ours']);
});

test('the terminal is for the requester and the owner of the desktop only', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { debug } = stage.api.context;
  const { id } = await stage.support.ask('toolboxes', { desktop, reason: 'slow' });
  await assert.rejects(debug.join(LEELA, id, SIZE, COMMAND, soon()), failsWith('conflict'));
  await stage.fry.act(id, 'answer', { agree: true });
  const seat = await debug.join(LEELA, id, SIZE, COMMAND, soon());
  await debug.join(FRY, id, SIZE, COMMAND, soon());
  const admin = { id: 'professor', name: 'P', roles: ['user' as const, 'admin' as const], labels: [] };
  await assert.rejects(debug.join(admin, id, SIZE, COMMAND, soon()), failsWith('not_found'));
  const { name } = await stage.fry.get(id);
  const terminals = stage.api.engine.debug.terminals.get(name ?? '') ?? [];
  assert.equal(terminals.length, 1, 'attached once');
  terminals[0]?.command.write('# ');
  await once(seat.stream, 'data');

  const over = once(seat.stream, 'end');
  await stage.fry.act(id, 'end');
  await over;
  await assert.rejects(debug.join(LEELA, id, SIZE, COMMAND, soon()), (error) => {
    assert.ok(error instanceof DeskpodError && error.code === 'conflict');
    assert.match(error.message, /has ended.*The desktop’s owner ended the session/);
    return true;
  });
  const cast = await eventually(async () => {
    const { text, status } = await stage.support.send('GET', `/debug/${id}/transcript`);
    return status === 200 ? text : undefined;
  });
  assert.match(cast, /"version":2/);
  assert.match(cast, /"o","# "/);
});

test('an owner with fewer permissions than the profile can only watch', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { debug } = stage.api.context;
  const admin = { id: 'professor', name: 'P', roles: ['user' as const, 'admin' as const], labels: [] };
  const { id } = await stage.admin.ask('toolboxes', { desktop, reason: 'audit', profile: 'sysadmin' });
  const seat = await debug.join(admin, id, SIZE, COMMAND, soon());
  const watching = await debug.join(FRY, id, SIZE, COMMAND, soon());
  const { name } = await stage.fry.get(id);
  const command = stage.api.engine.debug.terminals.get(name ?? '')?.[0]?.command;
  assert.ok(command);
  const told: string[] = [];
  watching.onNews((news) => news.type === 'error' && void told.push(news.message));
  watching.stream.write('rm -rf /\r');
  seat.stream.write('ls\r');
  const [typed] = await once(command, 'data');
  assert.equal(String(typed), 'ls\r');
  assert.match(told.join(), /read-only for you/);
});

test('a command in another user’s launch: approved, run in the launch, ended with its exit code', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  const { engine, context } = stage.api;
  engine.execWorks = true;
  const { id } = await stage.admin.ask('execs', { launch: launch.id, reason: 'it hangs' });
  const admin = { id: 'professor', name: 'P', roles: ['user' as const, 'admin' as const], labels: [] };
  const seat = await context.debug.join(admin, id, SIZE, { command: ['ps'], tty: true }, soon());
  seat.stream.resume();
  const [run] = engine.execs;
  assert.deepEqual([run?.target.launchId, run?.spec.command, run?.spec.tty], [launch.id, ['ps'], SIZE]);
  run?.terminal.end(4);
  assert.equal(await seat.exitCode, 4);
  const { status } = await stage.until(id, 'ended');
  assert.deepEqual(status.state === 'ended' && [status.reason, status.exitCode], ['exited', 4]);
});
