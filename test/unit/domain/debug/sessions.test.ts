/** Who may debug what, what it requires, and how sessions start and end: over HTTP, on a fake engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { DeskpodError } from '#domain/errors.ts';
import { OPEN_POLICY } from '../../../fakes/api.ts';
import { debugStage } from '../../../fakes/debug.ts';
import type { Requester } from '#domain/debug/policy.ts';
import { eventually } from '../../../fakes/launches.ts';

test('a toolbox on your own launch needs nothing and runs at once, with the widest available profile', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  const asked = await stage.fry.ask('toolboxes', { launch: launch.id });
  assert.deepEqual([asked.grant, asked.status.state, asked.seen], ['own', 'starting', true]);
  const running = await stage.until(asked.id, 'running');
  assert.match(running.name ?? '', /^debugger-[0-9a-f]{5}$/);
  assert.deepEqual([running.profile, running.image], ['restricted', 'localhost/deskpod/toolbox:1']);
  const [spec] = stage.api.engine.debug.specs;
  assert.deepEqual(spec?.target, { desktopId: desktop, launchId: launch.id });
  assert.equal(spec?.by, 'fry');
});

test('a running toolbox for the same target, profile and image is reused; a customised or foreign one is not', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const first = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  const again = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  assert.deepEqual([again.name, again.reused], [first.name, true]);
  const special = await stage.until((await stage.fry.ask('toolboxes', { command: ['top'] })).id, 'running');
  assert.deepEqual([special.reused, special.name === first.name], [false, false]);
  const other = await stage.until(
    (await stage.fry.ask('toolboxes', { image: 'localhost/deskpod/toolbox-large:1' })).id,
    'running',
  );
  assert.equal(other.reused, false);
  assert.equal(stage.api.engine.debug.specs.length, 3);
});

test('a toolbox stops when the last session that uses it ends', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const first = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  const second = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  await stage.fry.act(first.id, 'end');
  assert.deepEqual(stage.api.engine.debug.stopped, []);
  const ended = await stage.fry.act(second.id, 'end');
  assert.deepEqual(stage.api.engine.debug.stopped, [first.name]);
  assert.deepEqual(ended.status.state === 'ended' && ended.status.reason, 'stopped');
});

test('with debug.own off, users learn who can enable it, and administrators can still debug', async () => {
  await using stage = await debugStage({ policy: { ...OPEN_POLICY, own: false } });
  await stage.fry.startDesktop();
  const refused = await stage.fry.refusal('POST', '/debug/toolboxes', {});
  assert.deepEqual([refused.status, refused.code], [403, 'forbidden']);
  assert.match(refused.remedy ?? '', /debug\.own/);
  assert.match((await stage.fry.offer()).refusal ?? '', /disabled here/);
  await stage.admin.startDesktop();
  const own = await stage.admin.ask('toolboxes', { reason: 'mine' });
  assert.equal(own.grant, 'administrator');
});

test('a foreign desktop, launch or session does not exist for a user', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  const { id } = await stage.fry.ask('toolboxes');
  const { context } = stage.api;
  const zapp = { id: 'zapp', name: 'Zapp', roles: ['user' as const], labels: [] };
  const missing = (error: unknown) => error instanceof DeskpodError && error.code === 'not_found';
  const toolbox = { kind: 'toolbox', env: {}, plain: false, reason: 'x' } as const;
  await assert.rejects(context.debug.request(zapp, { ...toolbox, command: [], launch: launch.id }), missing);
  await assert.rejects(context.debug.request(zapp, { ...toolbox, command: [], desktop }), missing);
  await assert.rejects(context.debug.offer(zapp, { desktop: 'nothing' }), missing);
  for (const attempt of ['get', 'end', 'transcript', 'extend', 'seen'] as const)
    await assert.rejects(context.debug[attempt](zapp, id), missing, attempt);
  assert.equal((await stage.support.refusal('GET', '/debug/00000000-0000-4000-8000-000000000000')).status, 404);
});

test('support needs a reason and the owner’s consent; then the session starts', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const without = await stage.support.refusal('POST', '/debug/toolboxes', { desktop });
  assert.deepEqual([without.status, without.field], [400, 'reason']);
  const asked = await stage.support.ask('toolboxes', { desktop, reason: 'it is slow' });
  assert.deepEqual([asked.status.state, asked.grant, asked.userId], ['asking', null, 'fry']);
  assert.deepEqual(stage.api.engine.debug.specs, []);
  assert.equal((await stage.support.refusal('POST', `/debug/${asked.id}/answer`, { agree: true })).status, 403);
  const agreed = await stage.fry.act(asked.id, 'answer', { agree: true });
  assert.deepEqual([agreed.grant, agreed.grantedBy, agreed.seen], ['consent', 'fry', true]);
  const running = await stage.until(asked.id, 'running');
  assert.deepEqual(running.by, { id: 'leela', name: 'Turanga Leela' });
  const ended = await stage.fry.act(asked.id, 'end');
  assert.deepEqual(ended.status.state === 'ended' && ended.status.reason, 'ended_by_owner');
});

test('a declined request stays declined', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { id } = await stage.support.ask('toolboxes', { desktop, reason: 'curious' });
  const declined = await stage.fry.act(id, 'answer', { agree: false });
  assert.deepEqual(declined.status.state === 'ended' && declined.status.reason, 'declined');
  assert.equal((await stage.fry.refusal('POST', `/debug/${id}/answer`, { agree: true })).status, 409);
  assert.equal((await stage.admin.refusal('POST', `/debug/${id}/approval`, { agree: true })).status, 409);
  assert.deepEqual(stage.api.engine.debug.specs, []);
});

test('an administrator approves only after the owner had time to answer; the owner sees it later', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const early = await stage.support.ask('toolboxes', { desktop, reason: 'away' });
  const refused = await stage.admin.refusal('POST', `/debug/${early.id}/approval`, { agree: true });
  assert.deepEqual([refused.status, refused.code], [409, 'conflict']);
  assert.equal((await stage.support.refusal('POST', `/debug/${early.id}/approval`, { agree: true })).status, 403);

  await using patient = await debugStage({ policy: { ...OPEN_POLICY, approvableSeconds: 0 } });
  const other = await patient.fry.startDesktop();
  const asked = await patient.support.ask('toolboxes', { desktop: other, reason: 'away' });
  const approved = await patient.admin.act(asked.id, 'approval', { agree: true });
  assert.deepEqual([approved.grant, approved.grantedBy, approved.seen], ['approval', 'professor', false]);
  await patient.until(asked.id, 'running');
  assert.equal((await patient.fry.send('POST', `/debug/${asked.id}/seen`, {})).status, 204);
  assert.equal((await patient.fry.get(asked.id)).seen, true);
});

test('an administrator needs only a reason, and the owner has yet to see it', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  assert.equal((await stage.admin.refusal('POST', '/debug/toolboxes', { desktop })).field, 'reason');
  const session = await stage.admin.ask('toolboxes', { desktop, reason: 'audit' });
  assert.deepEqual([session.grant, session.seen, session.profile], ['administrator', false, 'sysadmin']);
});

test('profiles: those of the role, each with the reason if the target does not admit it', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  stage.api.engine.debug.refused.set('sysadmin', 'violates PodSecurity "baseline:latest": privileged');
  const offer = await stage.admin.offer(`?desktop=${desktop}`);
  assert.deepEqual([offer.needs, offer.profile, offer.refusal], ['reason', 'netadmin', null]);
  assert.deepEqual(offer.profiles.at(-1), {
    profile: 'sysadmin',
    refusal: 'violates PodSecurity "baseline:latest": privileged',
  });
  assert.deepEqual((await stage.fry.offer()).profiles, [{ profile: 'restricted', refusal: null }]);
  const wide = await stage.fry.refusal('POST', '/debug/toolboxes', { profile: 'sysadmin' });
  assert.deepEqual([wide.status, wide.field], [403, 'profile']);
  stage.api.engine.debug.refused.set('restricted', 'the namespace forbids it');
  assert.equal((await stage.fry.offer()).refusal, 'the namespace forbids it');
  const { status } = await stage.until((await stage.fry.ask('toolboxes')).id, 'ended');
  assert.deepEqual(status.state === 'ended' && [status.reason, status.message], ['failed', 'the namespace forbids it']);
  for (const { profile } of offer.profiles) stage.api.engine.debug.refused.set(profile, 'the namespace forbids it');
  const none = await stage.admin.refusal('POST', '/debug/toolboxes', { desktop, reason: 'audit' });
  assert.deepEqual([none.code, none.message], ['profile_refused', 'the namespace forbids it']);
});

test('only listed images are allowed, and custom specs are for administrators', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const image = await stage.fry.refusal('POST', '/debug/toolboxes', { image: 'docker.io/evil' });
  assert.deepEqual([image.status, image.field], [403, 'image']);
  assert.match(image.remedy ?? '', /localhost\/deskpod\/toolbox:1/);
  assert.equal((await stage.fry.refusal('POST', '/debug/toolboxes', { custom: {} })).field, 'custom');
});

test('a copy is shown as running when it runs, and as ended if it has ended by then', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id: launch } = await stage.fry.launch();
  const { engine, context } = stage.api;
  const gate = Promise.withResolvers<void>();
  engine.launchGate = gate.promise;
  const asked = await stage.fry.ask('copies', { launch, command: ['sleep', 'infinity'] });
  // It has a name before it runs.
  const named = await eventually(async () => {
    const { name, status } = await stage.fry.get(asked.id);
    return name === null ? undefined : { name, status };
  });
  assert.equal(named.status.state, 'starting');
  gate.resolve();
  const { name } = await stage.until(asked.id, 'running');
  assert.equal(name, named.name);

  engine.failNext.launch = new DeskpodError('app_unavailable', 'The image cannot be had.');
  const failed = await stage.fry.ask('copies', { launch, command: ['true'] });
  const { status } = await stage.until(failed.id, 'ended');
  assert.ok(status.state === 'ended' && status.reason === 'failed');
  assert.equal(status.message, 'The image cannot be had.');

  // Opens its terminal after its end, before any event has reported that.
  const brief = await stage.fry.ask('copies', { launch, command: ['sh', '-c', 'exit 7'] });
  const copy = (await stage.until(brief.id, 'running')).name ?? '';
  engine.finish(copy, { exitCode: 7 });
  engine.exec = async () => {
    throw new DeskpodError('conflict', 'It does not run.');
  };
  const looker: Requester = { id: 'fry', name: 'Fry', roles: ['user'], labels: [] };
  const how = { command: ['sh'], tty: false };
  const size = { columns: 80, rows: 24 };
  const joining = context.debug.join(looker, brief.id, size, how, AbortSignal.timeout(5000));
  await assert.rejects(joining, {
    code: 'conflict',
    message: `The copy has ended (exit code 7): deskpod logs ${copy}`,
  });
  const over = await stage.until(brief.id, 'ended');
  assert.ok(over.status.state === 'ended' && over.status.exitCode === 7);
});

test('a copy whose end only the periodic comparison finds reports how it ended and where its log is', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id: launch } = await stage.fry.launch();
  const { engine, context } = stage.api;
  const { id } = await stage.fry.ask('copies', { launch, command: ['sh', '-c', 'exit 7'] });
  const copy = (await stage.until(id, 'running')).name ?? '';
  await context.launches.seen(engine.finish(copy, { exitCode: 7 }));
  assert.ok((await context.store.launches.find(copy))?.end);
  await context.debug.sweep();
  assert.partialDeepStrictEqual((await stage.fry.get(id)).status, {
    reason: 'exited',
    exitCode: 7,
    message: `The copy has ended (exit code 7): deskpod logs ${copy}`,
  });
});

test('a finished launch admits no toolbox, but a copy', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const launch = await stage.fry.launch();
  const { engine, context } = stage.api;
  await context.launches.seen(engine.finish(launch.id, { exitCode: 1 }));
  assert.equal((await stage.fry.refusal('POST', '/debug/toolboxes', { launch: launch.id })).code, 'conflict');
  const asked = await stage.fry.ask('copies', { launch: launch.id, command: ['sleep', '1d'], env: { DEBUG: '1' } });
  const running = await stage.until(asked.id, 'running');
  const [copy] = engine.debug.copies;
  assert.equal(copy?.of, launch.id);
  assert.deepEqual([copy?.launch.command, copy?.launch.runtime], [['sleep', '1d'], 'pod_application']);
  const shown = await context.launches.find(running.name ?? '');
  assert.equal(shown?.launch.copyOf, launch.id);
  await stage.fry.act(asked.id, 'end');
  assert.deepEqual(engine.stopped, [running.name]);
  const id = running.name ?? '';
  assert.ok(engine.launchesById.has(id), 'it is kept until its end is stored with its log');
  await context.launches.seen(engine.finish(id, { exitCode: 143 }));
  await eventually(() => !engine.launchesById.has(id) || undefined);
  assert.equal((await context.launches.find(id))?.record.end?.exitCode, 143);
});

test('a toolbox that fails to start ends its session with the engine’s message', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  stage.api.engine.debug.failNext = new DeskpodError('limit_reached', 'The list is full.', { remedy: 'Compact it.' });
  const { id } = await stage.fry.ask('toolboxes');
  const { status } = await stage.until(id, 'ended');
  assert.deepEqual(status.state === 'ended' && [status.reason, status.message], [
    'failed',
    'The list is full. Compact it.',
  ]);
});

test('a session that is ended during its start leaves no toolbox behind', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { engine, context } = stage.api;
  const gate = Promise.withResolvers<void>();
  engine.debug.gate = gate.promise;
  const { id } = await stage.fry.ask('toolboxes');
  await eventually(async () => ((await context.store.debug.find(id))?.session.name === null ? undefined : true));
  const ending = stage.fry.act(id, 'end');
  await stage.until(id, 'ended');
  gate.resolve();
  await ending;
  await context.debug.settled(AbortSignal.timeout(5000));
  assert.deepEqual(
    [...engine.debug.boxes.values()].map(({ status }) => status.state),
    ['finished'],
  );
});

test('a toolbox that exits ends its session with its exit code', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id, name } = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  await eventually(() => stage.api.engine.debug.terminals.get(name ?? ''));
  stage.api.engine.debug.finish(name ?? '', 3);
  const { status } = await stage.until(id, 'ended');
  assert.deepEqual(status.state === 'ended' && [status.reason, status.exitCode], ['exited', 3]);
});

test('the end of a desktop ends its debug sessions', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { id } = await stage.fry.ask('toolboxes');
  await stage.until(id, 'running');
  await stage.api.context.debug.desktopEnded(desktop);
  const { status } = await stage.until(id, 'ended');
  assert.equal(status.state === 'ended' && status.reason, 'desktop_ended');
  assert.deepEqual(stage.api.engine.debug.stopped, []);
});

test('lists: your own sessions and those on your desktop; all for staff only', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { id } = await stage.support.ask('toolboxes', { desktop, reason: 'slow' });
  const ids = async (person: typeof stage.fry, query: string) =>
    JSON.stringify((await person.send('GET', `/debug${query}`)).body).includes(id);
  assert.equal(await ids(stage.fry, ''), true);
  assert.equal(await ids(stage.support, '?open=true'), true);
  assert.equal(await ids(stage.admin, ''), false);
  assert.equal(await ids(stage.admin, '?user=*&open=true'), true);
  assert.equal(await ids(stage.admin, '?user=fry&open=false'), false);
  assert.equal((await stage.fry.send('GET', '/debug?user=*')).status, 403);
});

test('only the owner of a desktop and staff can inspect it', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  for (const page of ['inspect', 'namespaces', 'processes', 'sockets', 'events', 'describe', 'yaml']) {
    assert.equal((await stage.fry.send('GET', `/desktops/${desktop}/${page}`)).status, 200, page);
    assert.equal((await stage.support.send('GET', `/desktops/${desktop}/${page}`)).status, 200, page);
  }
  const other = await stage.admin.startDesktop();
  assert.equal((await stage.fry.send('GET', `/desktops/${other}/inspect`)).status, 404);
});

test('privileged profiles and custom specs are refused to administrators, too, until the configuration allows them', async () => {
  const { config } = await loadConfig({ env: {}, options: {}, defaultFile: null });
  await using stage = await debugStage({ policy: config.debug });
  const desktop = await stage.fry.startDesktop();
  const offer = await stage.admin.offer(`?desktop=${desktop}`);
  assert.deepEqual([offer.profile, offer.custom], ['general', false]);
  for (const [field, asked] of [
    ['profile', { profile: 'sysadmin' }],
    ['profile', { profile: 'netadmin' }],
    ['custom', { custom: { securityContext: { privileged: true } } }],
  ] as const) {
    const refused = await stage.admin.refusal('POST', '/debug/toolboxes', { desktop, reason: 'audit', ...asked });
    assert.deepEqual([refused.status, refused.field], [403, field]);
    assert.match(refused.remedy ?? '', /debug\.profiles/);
  }
});

test('an administrator gets a custom spec where the configuration allows it', async () => {
  const profiles = { ...OPEN_POLICY.profiles, admin: ['restricted', 'custom'] as const };
  await using stage = await debugStage({ policy: { ...OPEN_POLICY, profiles } });
  const desktop = await stage.fry.startDesktop();
  assert.equal((await stage.admin.offer(`?desktop=${desktop}`)).custom, true);
  assert.equal((await stage.support.offer(`?desktop=${desktop}`)).custom, false);
  const { id } = await stage.admin.ask('toolboxes', { desktop, reason: 'audit', custom: { env: [] } });
  assert.equal((await stage.until(id, 'running')).profile, 'restricted');
});
