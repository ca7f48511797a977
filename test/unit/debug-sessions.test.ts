/** Who may look into what, what it takes, and how it begins and ends: over HTTP, on a fake engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeskpodError } from '#domain/errors.ts';
import { OPEN_POLICY } from '../fakes/api.ts';
import { debugStage } from '../fakes/debug.ts';
import { eventually } from '../fakes/launches.ts';

test('a toolbox in one’s own launch needs nothing and runs at once, with the widest profile that can be had', async () => {
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

test('a live toolbox for the same target, profile and image is used again; a special or foreign one is not', async () => {
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

test('with own debugging off, people are told who switches it on, and administrators look all the same', async () => {
  await using stage = await debugStage({ policy: { ...OPEN_POLICY, own: false } });
  await stage.fry.startDesktop();
  const refused = await stage.fry.refusal('POST', '/debug/toolboxes', {});
  assert.deepEqual([refused.status, refused.code], [403, 'forbidden']);
  assert.match(refused.remedy ?? '', /debug\.own/);
  assert.match((await stage.fry.offer()).refusal ?? '', /switched off/);
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
  await assert.rejects(context.debug.ask(zapp, { ...toolbox, command: [], launch: launch.id }), missing);
  await assert.rejects(context.debug.ask(zapp, { ...toolbox, command: [], desktop }), missing);
  await assert.rejects(context.debug.offer(zapp, { desktop: 'nothing' }), missing);
  for (const attempt of ['get', 'end', 'transcript', 'extend', 'seen'] as const)
    await assert.rejects(context.debug[attempt](zapp, id), missing, attempt);
  assert.equal((await stage.support.refusal('GET', '/debug/00000000-0000-4000-8000-000000000000')).status, 404);
});

test('support needs a reason and the person’s consent; then it begins', async () => {
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

test('declined is final', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { id } = await stage.support.ask('toolboxes', { desktop, reason: 'curious' });
  const declined = await stage.fry.act(id, 'answer', { agree: false });
  assert.deepEqual(declined.status.state === 'ended' && declined.status.reason, 'declined');
  assert.equal((await stage.fry.refusal('POST', `/debug/${id}/answer`, { agree: true })).status, 409);
  assert.equal((await stage.admin.refusal('POST', `/debug/${id}/approval`, { agree: true })).status, 409);
  assert.deepEqual(stage.api.engine.debug.specs, []);
});

test('an administrator approves only after the person had time to answer; they see it when they come back', async () => {
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

test('an administrator looks at once with a reason, and the person has yet to see it', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  assert.equal((await stage.admin.refusal('POST', '/debug/toolboxes', { desktop })).field, 'reason');
  const session = await stage.admin.ask('toolboxes', { desktop, reason: 'audit' });
  assert.deepEqual([session.grant, session.seen, session.profile], ['administrator', false, 'sysadmin']);
});

test('profiles: those of the role, each with the sentence why the place does not admit it', async () => {
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

test('images come from the list alone, and specs of one’s own are for administrators', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const image = await stage.fry.refusal('POST', '/debug/toolboxes', { image: 'docker.io/evil' });
  assert.deepEqual([image.status, image.field], [403, 'image']);
  assert.match(image.remedy ?? '', /localhost\/deskpod\/toolbox:1/);
  assert.equal((await stage.fry.refusal('POST', '/debug/toolboxes', { custom: {} })).field, 'custom');
});

test('what has ended takes no toolbox, but a copy', async () => {
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
  assert.ok(engine.launchesById.has(id), 'it stays until its end is kept with its log');
  await context.launches.seen(engine.finish(id, { exitCode: 143 }));
  await eventually(() => !engine.launchesById.has(id) || undefined);
  assert.equal((await context.launches.find(id))?.record.end?.exitCode, 143);
});

test('a toolbox that cannot be made ends its session in the engine’s words', async () => {
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

test('one that is ended while it starts leaves no toolbox behind', async () => {
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

test('a toolbox that exits by itself ends its session with its exit code', async () => {
  await using stage = await debugStage();
  await stage.fry.startDesktop();
  const { id, name } = await stage.until((await stage.fry.ask('toolboxes')).id, 'running');
  await eventually(() => stage.api.engine.debug.terminals.get(name ?? ''));
  stage.api.engine.debug.finish(name ?? '', 3);
  const { status } = await stage.until(id, 'ended');
  assert.deepEqual(status.state === 'ended' && [status.reason, status.exitCode], ['exited', 3]);
});

test('a desktop that goes ends what looks into it', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  const { id } = await stage.fry.ask('toolboxes');
  await stage.until(id, 'running');
  await stage.api.context.debug.desktopEnded(desktop);
  const { status } = await stage.until(id, 'ended');
  assert.equal(status.state === 'ended' && status.reason, 'desktop_ended');
  assert.deepEqual(stage.api.engine.debug.stopped, []);
});

test('lists: one’s own and about one; of others for staff alone', async () => {
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

test('what is inside a desktop is for its owner and for staff', async () => {
  await using stage = await debugStage();
  const desktop = await stage.fry.startDesktop();
  for (const page of ['inside', 'namespaces', 'processes', 'sockets', 'happenings', 'describe', 'yaml']) {
    assert.equal((await stage.fry.send('GET', `/desktops/${desktop}/${page}`)).status, 200, page);
    assert.equal((await stage.support.send('GET', `/desktops/${desktop}/${page}`)).status, 200, page);
  }
  const other = await stage.admin.startDesktop();
  assert.equal((await stage.fry.send('GET', `/desktops/${other}/inside`)).status, 404);
});
