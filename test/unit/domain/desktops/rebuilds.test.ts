/** Rebuilds: at once or when the desktop is unattended, with the same apps again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RebuildPlans } from '#domain/desktops/rebuild-plans.ts';
import { DeskpodError } from '#domain/errors.ts';
import { Desktop } from '#protocol/desktop.ts';
import { type DebugStage, debugStage } from '../../../fakes/debug.ts';
import { eventually } from '../../../fakes/launches.ts';

const soon = () => AbortSignal.timeout(20_000);

async function desktopOf(stage: DebugStage): Promise<Desktop> {
  return Desktop.parse((await stage.fry.send('GET', '/desktop')).body);
}

/** As if the desktop had been unattended for a long time. */
async function unattended({ api: { context } }: DebugStage): Promise<void> {
  const plans = new RebuildPlans(context.store.values);
  const plan = (await plans.all()).get('fry');
  if (plan) await plans.set('fry', { ...plan, attendedAt: new Date(0).toISOString() });
  await context.store.values.set('attended', '{}');
}

test('now: another desktop from the same request, with the same apps, arguments and variables', async () => {
  await using stage = await debugStage();
  const { context, engine } = stage.api;
  await stage.fry.send('POST', '/desktop', { timezone: 'Europe/Vienna', width: 800, height: 600 });
  const before = await stage.fry.startDesktop();
  await stage.fry.send('POST', '/launches', { app: 'game', env: { LEVEL: '3' }, args: ['--fast'] });
  await context.launches.settled(soon());
  assert.equal((await stage.fry.send('POST', '/desktop/rebuild', { when: 'now' })).status, 204);
  await context.rebuilds.settled(soon());
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

test('idle: shown, and done when the desktop is unattended for two minutes and has no debug session', async () => {
  await using stage = await debugStage();
  const { context } = stage.api;
  const before = await stage.fry.startDesktop();
  await stage.fry.send('POST', '/desktop/rebuild', { when: 'idle' });
  assert.equal((await desktopOf(stage)).rebuild, 'idle');
  await context.rebuilds.sweep();
  assert.equal((await desktopOf(stage)).id, before, 'it was attended just now');

  const { id } = await stage.fry.ask('toolboxes');
  await stage.until(id, 'running');
  await unattended(stage);
  await context.rebuilds.sweep();
  assert.equal((await desktopOf(stage)).id, before, 'a debug session is open');

  await stage.fry.act(id, 'end');
  const leave = context.rebuilds.watch('fry');
  await context.rebuilds.sweep();
  assert.equal((await desktopOf(stage)).id, before, 'a page is open');

  leave();
  await unattended(stage);
  await context.rebuilds.sweep();
  await context.rebuilds.settled(soon());
  const after = await desktopOf(stage);
  assert.deepEqual([after.id === before, after.rebuild], [false, undefined]);
});

test('a scheduled rebuild that was canceled does not run', async () => {
  await using stage = await debugStage();
  const before = await stage.fry.startDesktop();
  await stage.fry.send('POST', '/desktop/rebuild', { when: 'idle' });
  const headers = { authorization: `Bearer ${stage.fry.token}` };
  await stage.api.app.inject({ method: 'DELETE', url: '/api/v1/desktop/rebuild', headers });
  await unattended(stage);
  await stage.api.context.rebuilds.sweep();
  const { id, rebuild } = await desktopOf(stage);
  assert.deepEqual([id, rebuild], [before, undefined]);
});

test('a failed rebuild names the apps that ran, also to a client that connects later', async () => {
  await using stage = await debugStage();
  const { context, engine } = stage.api;
  await stage.fry.startDesktop();
  await stage.fry.launch();
  engine.failNext.makeDesktop = new DeskpodError('engine_unavailable', 'The engine is away.');
  await stage.fry.send('POST', '/desktop/rebuild', { when: 'now' });
  await context.rebuilds.settled(soon());
  const [notice] = await context.rebuilds.notices('fry');
  assert.match(notice?.text ?? '', /couldn’t be rebuilt.*The engine is away.*Game/);
  assert.deepEqual(await context.rebuilds.notices('fry'), [], 'delivered once');
});

test('another server continues a rebuild whose server has stopped', async () => {
  await using stage = await debugStage();
  const { context, engine } = stage.api;
  const before = await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  await stage.fry.send('POST', '/desktop/rebuild', { when: 'idle' });
  const plans = new RebuildPlans(context.store.values);
  const { appId: app, appName: name, runtime, args } = launch;
  await plans.begin('fry', before, {
    server: 'gone/1',
    launches: [{ app, name, runtime, env: { CITY: 'x' }, publicEnv: ['CITY'], args }],
  });
  await context.rebuilds.sweep();
  await context.rebuilds.settled(soon());
  await context.launches.settled(soon());
  const after = await eventually(() => context.desktops.runningOrNull('fry') ?? undefined);
  assert.notEqual(after.id, before);
  assert.deepEqual(
    [...engine.launchesById.values()].map(({ spec }) => spec.desktopId),
    [after.id],
  );
  const [record] = await context.store.launches.list({ desktopId: after.id });
  assert.deepEqual([record?.env, record?.publicEnv], [{ CITY: 'x' }, ['CITY']]);
});

test('without a desktop there is nothing to rebuild', async () => {
  await using stage = await debugStage();
  assert.equal((await stage.fry.refusal('POST', '/desktop/rebuild', { when: 'idle' })).code, 'desktop_missing');
});
