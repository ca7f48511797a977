/** Desktops that are made anew without what piled up: at once or at a quiet moment, with the same apps again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompactionPlans } from '#domain/compaction/plans.ts';
import { DeskpodError } from '#domain/errors.ts';
import { Desktop } from '#protocol/desktop.ts';
import { type DebugStage, debugStage } from '../fakes/debug.ts';
import { eventually } from '../fakes/launches.ts';

const soon = () => AbortSignal.timeout(20_000);

async function desktopOf(stage: DebugStage): Promise<Desktop> {
  return Desktop.parse((await stage.fry.send('GET', '/desktop')).body);
}

/** As if nobody had looked for long. */
async function quiet({ api: { context } }: DebugStage): Promise<void> {
  const plans = new CompactionPlans(context.store.values);
  const plan = (await plans.all()).get('fry');
  if (plan) await plans.set('fry', { ...plan, lookedAt: new Date(0).toISOString() });
}

test('now: another desktop from the same request, with the same apps, arguments and variables', async () => {
  await using stage = await debugStage();
  const { context, engine } = stage.api;
  await stage.fry.send('POST', '/desktop', { timezone: 'Europe/Vienna', width: 800, height: 600 });
  const before = await stage.fry.startDesktop();
  await stage.fry.send('POST', '/launches', { app: 'game', env: { LEVEL: '3' }, args: ['--fast'] });
  await context.launches.settled(soon());
  assert.equal((await stage.fry.send('POST', '/desktop/compaction', { when: 'now' })).status, 204);
  await context.compactions.settled(soon());
  await context.launches.settled(soon());
  const after = await desktopOf(stage);
  assert.equal(after.status.state, 'running');
  assert.notEqual(after.id, before);
  const [again] = [...engine.launchesById.values()];
  assert.equal(engine.launchesById.size, 1);
  assert.equal(again?.spec.desktopId, after.id);
  assert.deepEqual([again?.spec.env['LEVEL'], again?.spec.env['TZ']], ['3', 'Europe/Vienna']);
  assert.match(JSON.stringify(again?.spec), /--fast/);
});

test('idle: shown, taken back, and done when nobody looked for two minutes and nobody is inside', async () => {
  await using stage = await debugStage();
  const { context } = stage.api;
  const before = await stage.fry.startDesktop();
  await stage.fry.send('POST', '/desktop/compaction', { when: 'idle' });
  assert.equal((await desktopOf(stage)).compaction, 'idle');
  await context.compactions.sweep();
  assert.equal((await desktopOf(stage)).id, before, 'somebody looked just now');

  const { id } = await stage.fry.ask('toolboxes');
  await stage.until(id, 'running');
  await quiet(stage);
  await context.compactions.sweep();
  assert.equal((await desktopOf(stage)).id, before, 'somebody is inside');

  await stage.fry.act(id, 'end');
  await context.compactions.sweep();
  await context.compactions.settled(soon());
  const after = await desktopOf(stage);
  assert.deepEqual([after.id === before, after.compaction], [false, undefined]);
});

test('a wish that was taken back is not done', async () => {
  await using stage = await debugStage();
  const before = await stage.fry.startDesktop();
  await stage.fry.send('POST', '/desktop/compaction', { when: 'idle' });
  const headers = { authorization: `Bearer ${stage.fry.token}` };
  await stage.api.app.inject({ method: 'DELETE', url: '/api/v1/desktop/compaction', headers });
  await quiet(stage);
  await stage.api.context.compactions.sweep();
  const { id, compaction } = await desktopOf(stage);
  assert.deepEqual([id, compaction], [before, undefined]);
});

test('a desktop that comes back without its apps says which, also to whoever comes later', async () => {
  await using stage = await debugStage();
  const { context, engine } = stage.api;
  await stage.fry.startDesktop();
  await stage.fry.launch();
  engine.failNext.makeDesktop = new DeskpodError('engine_unavailable', 'The engine is away.');
  await stage.fry.send('POST', '/desktop/compaction', { when: 'now' });
  await context.compactions.settled(soon());
  const [notice] = await context.compactions.notices('fry');
  assert.match(notice?.text ?? '', /could not be made anew.*The engine is away.*Game/);
  assert.deepEqual(await context.compactions.notices('fry'), [], 'told once');
});

test('another server goes on where one ended in the middle', async () => {
  await using stage = await debugStage();
  const { context, engine } = stage.api;
  const before = await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  await stage.fry.send('POST', '/desktop/compaction', { when: 'idle' });
  const plans = new CompactionPlans(context.store.values);
  const { appId: app, appName: name, runtime, args } = launch;
  await plans.begin('fry', before, { server: 'gone/1', launches: [{ app, name, runtime, env: {}, args }] });
  await context.compactions.sweep();
  await context.compactions.settled(soon());
  await context.launches.settled(soon());
  const after = await eventually(() => context.desktops.runningOrNull('fry') ?? undefined);
  assert.notEqual(after.id, before);
  assert.deepEqual(
    [...engine.launchesById.values()].map(({ spec }) => spec.desktopId),
    [after.id],
  );
});

test('without a desktop there is nothing to make anew', async () => {
  await using stage = await debugStage();
  assert.equal((await stage.fry.refusal('POST', '/desktop/compaction', { when: 'idle' })).code, 'desktop_missing');
});
