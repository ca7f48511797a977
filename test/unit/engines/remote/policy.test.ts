/** What the configuration forbids is refused by the engine process, whatever the server process has checked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { EngineToolbox } from '#domain/ports/debug-engine.ts';
import { Rules } from '#engines/remote/policy.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { halves, halvesOf, POLICY, soon } from './kit.ts';
import { DESKTOP, TOOLBOX } from './samples.ts';

const everything = {
  profiles: { user: [], support: [], admin: ['sysadmin' as const, 'custom' as const] },
  images: [TOOLBOX.image],
};

test('a toolbox has a profile that somebody may use here', async () => {
  await using both = await halves();
  const add = (more: Partial<ToolboxSpec>) =>
    both.remote.debug.addToolbox({ ...TOOLBOX, ...more }, () => undefined, soon());
  for (const profile of ['netadmin', 'sysadmin'] as const)
    await assert.rejects(add({ profile }), failsWith('forbidden', /debug\.profiles/));
  await add({ profile: 'general' });
  assert.deepEqual(
    both.engine.debug.specs.map(({ profile }) => profile),
    ['general'],
  );
});

test('a toolbox is custom only where the configuration allows it', async () => {
  const custom: ToolboxSpec = { ...TOOLBOX, custom: { securityContext: { privileged: true } } };
  await using both = await halves();
  await assert.rejects(
    both.remote.debug.addToolbox(custom, () => undefined, soon()),
    failsWith('forbidden', /custom/),
  );
  assert.deepEqual(both.engine.debug.specs, []);
  await using open = await halves({ policy: everything });
  const spec: ToolboxSpec = { ...custom, profile: 'sysadmin' };
  await open.remote.debug.addToolbox(spec, () => undefined, soon());
  assert.deepEqual(open.engine.debug.specs, [spec]);
});

test('a toolbox has one of the images for debugging', async () => {
  await using both = await halves();
  const adding = both.remote.debug.addToolbox({ ...TOOLBOX, image: 'docker.io/x/y:1' }, () => undefined, soon());
  await assert.rejects(adding, failsWith('forbidden', /debug\.images/));
  assert.deepEqual(both.engine.debug.specs, []);
});

test('a desktop does not run as the user or in the group of the server process', () => {
  const rules = new Rules(POLICY, { uid: 998, gid: 997 });
  const account = { ...DESKTOP.account, uid: 2_042, gid: 2_042 };
  rules.checkAccount(account);
  assert.throws(() => rules.checkAccount({ ...account, uid: 998 }), failsWith('forbidden', /uidNumber/));
  assert.throws(() => rules.checkAccount({ ...account, gid: 997 }), failsWith('forbidden', /gidNumber/));
});

test('no command runs in what others have added, or in a toolbox whose profile is not allowed any longer', async () => {
  const engine = new FakeEngine();
  engine.execWorks = true;
  await using both = await halvesOf(engine, { policy: POLICY });
  await both.remote.debug.addToolbox(TOOLBOX, () => undefined, soon());
  const own = engine.debug.boxes.get(TOOLBOX.name);
  assert.ok(own);
  const add = (more: Partial<EngineToolbox> & { name: string }): unknown =>
    engine.debug.boxes.set(more.name, { ...own, ...more });
  add({ name: 'theirs', foreign: true, profile: null, target: null });
  add({ name: 'wide', profile: 'sysadmin' });
  const target = { desktopId: DESKTOP.id };
  const exec = (container?: string) =>
    both.remote.exec({ ...target, ...(container ? { container } : {}) }, { command: ['id'], tty: null }, soon());
  for (const container of ['theirs', 'wide']) {
    await assert.rejects(exec(container), failsWith('forbidden'));
    await assert.rejects(both.remote.debug.attach(DESKTOP.id, container, soon()), failsWith('forbidden'));
  }
  assert.equal(engine.execs.length, 0);
  for (const container of [TOOLBOX.name, undefined]) (await exec(container)).stream.destroy();
  (await both.remote.debug.attach(DESKTOP.id, TOOLBOX.name, soon())).stream.destroy();
  assert.equal(engine.execs.length, 2);
  for (const { terminal } of engine.execs) terminal.end(0);
  for (const terminal of engine.debug.terminals.get(TOOLBOX.name) ?? []) terminal.end(0);
});
