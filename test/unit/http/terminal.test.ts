/** Who can open which terminal. */
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { openTerminal } from '#http/terminal-access.ts';
import type { TerminalRequest } from '#protocol/terminal.ts';
import { type DebugStage, debugStage, type Person } from '../../fakes/debug.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

const SIZE = { columns: 80, rows: 24 };

function open(
  { api }: DebugStage,
  { token }: Pick<Person, 'token'>,
  wish: Partial<TerminalRequest>,
  signal = AbortSignal.timeout(5000),
) {
  const request = new IncomingMessage(new Socket());
  request.headers.authorization = `Bearer ${token}`;
  return openTerminal(api.context, request, { ...SIZE, command: [], tty: true, input: true, ...wish }, signal);
}

test("a user's own launches and desktop need no debug session", async () => {
  await using stage = await debugStage();
  const desktopId = await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  stage.api.engine.execWorks = true;
  await open(stage, stage.fry, { launch: launch.id });
  await open(stage, stage.fry, {});
  assert.deepEqual(
    stage.api.engine.execs.map(({ target }) => target),
    [{ desktopId, launchId: launch.id }, { desktopId }],
  );
});

test("staff are informed that another user's launch needs a debug session; for others it does not exist", async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  stage.api.engine.execWorks = true;
  for (const person of [stage.admin, stage.support])
    await assert.rejects(open(stage, person, { launch: launch.id }), failsWith('forbidden', /debug session/));
  const bender = { token: await stage.api.login('bender') };
  await assert.rejects(open(stage, bender, { launch: launch.id }), failsWith('not_found'));
  assert.deepEqual(stage.api.engine.execs, []);
});

test('an image without a shell: the refusal suggests a fix', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  stage.api.engine.exec = async () => {
    throw new DeskpodError('no_such_program', 'The image has no /bin/sh.');
  };
  await assert.rejects(open(stage, stage.fry, { launch: launch.id }), failsWith('no_such_program', /Start a toolbox/));
});

test("a debug session's terminal is opened by its id, and an ended one says so", async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id } = await stage.fry.ask('toolboxes');
  const { exec } = await open(stage, stage.fry, { debug: id });
  assert.ok('onNews' in exec);
  await stage.fry.act(id, 'end');
  await assert.rejects(open(stage, stage.fry, { debug: id }), failsWith('conflict', /has ended.*recording/));
  const bender = { token: await stage.api.login('bender') };
  await assert.rejects(open(stage, bender, { debug: id }), failsWith('not_found'));
});

test('a terminal knows when its session ends, also that of a debug session', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id } = await stage.fry.ask('toolboxes');
  stage.api.engine.execWorks = true;
  const opened = [await open(stage, stage.fry, {}), await open(stage, stage.fry, { debug: id })];
  assert.deepEqual(
    opened.map(({ sessionEnded }) => sessionEnded?.aborted),
    [false, false],
  );
  await stage.api.context.sessionEnds.endUser('fry');
  assert.deepEqual(
    opened.map(({ sessionEnded }) => sessionEnded?.aborted),
    [true, true],
  );
  await assert.rejects(open(stage, stage.fry, {}), failsWith('not_authenticated'));
});

test('a terminal counts as open until its client disconnects; a refused one does not count', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  stage.api.engine.execWorks = true;
  const { connections } = stage.api.context.sessions;
  const clients = Array.from({ length: connections.limits.terminals }, () => new AbortController());
  for (const { signal } of clients) await open(stage, stage.fry, {}, signal);
  await assert.rejects(open(stage, stage.fry, {}), failsWith('too_many_open', /32 terminals.*limits\.terminals/));
  clients[0]?.abort();
  await assert.rejects(open(stage, stage.fry, { launch: 'none' }), failsWith('not_found'));
  await open(stage, stage.fry, {}, AbortSignal.abort());
  await open(stage, stage.fry, {});
  assert.equal(connections.of('fry').terminals, 32);
});
