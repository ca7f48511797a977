/** Whether a home is kept or lost, as reported by the API; its list and archive, for its owner only; rebuilding. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { RebuildPlans } from '#domain/desktops/rebuild-plans.ts';
import { Desktop } from '#protocol/desktop.ts';
import { HomeFiles } from '#protocol/home.ts';
import { type DebugStage, debugStage } from '../../fakes/debug.ts';
import { needsLinux } from '../../fixtures/machine.ts';

const LINUX = needsLinux('tar');

interface Stage extends DebugStage {
  readonly home: string;
}

/** Fry's desktops have a home on this machine that is deleted with them. */
async function lostHome(): Promise<Stage> {
  const home = await mkdtemp(join(tmpdir(), 'deskpod-home-'));
  const stage = await debugStage();
  stage.api.engine.homes = 'lost';
  stage.api.engine.homeFolder = home;
  return {
    ...stage,
    home,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await rm(home, { recursive: true });
    },
  };
}

const desktopOf = async ({ fry }: DebugStage) => Desktop.parse((await fry.send('GET', '/desktop')).body);

test('a desktop reports whether its home is kept or lost, also after its end', async () => {
  await using stage = await debugStage();
  const { engine, context } = stage.api;
  assert.equal((await desktopOf(stage)).home, null, 'no desktop yet');
  const first = await stage.fry.startDesktop();
  assert.equal((await desktopOf(stage)).home, 'kept');
  engine.homes = 'lost';
  assert.equal((await desktopOf(stage)).home, 'kept', 'the desktop from before the change');
  context.desktops.gone(first);
  const ended = await desktopOf(stage);
  assert.equal(ended.home, 'kept');
  assert.match(ended.status.state === 'failed' ? (ended.status.remedy ?? '') : '', /files .* are kept/);
  const second = await stage.fry.startDesktop();
  assert.equal((await desktopOf(stage)).home, 'lost');
  context.desktops.gone(second);
  const { status } = await desktopOf(stage);
  assert.match(status.state === 'failed' ? (status.remedy ?? '') : '', /files .* are deleted/);
});

test('a home that will be lost is announced as soon as its desktop runs', async () => {
  await using stage = await lostHome();
  const texts: string[] = [];
  stage.api.context.hub.subscribe('fry', (event) => {
    if (event.type === 'notice') texts.push(event.notice.text);
  });
  await stage.fry.startDesktop();
  assert.equal(texts.length, 1);
  assert.match(texts[0] ?? '', /Files in your home folder are deleted when this desktop ends/);
});

test('its files are listed and archived only for their owner', LINUX, async () => {
  await using stage = await lostHome();
  await writeFile(join(stage.home, 'two\nlines'), 'precious');
  await stage.fry.startDesktop();
  const list = HomeFiles.parse((await stage.fry.send('GET', '/desktop/home')).body);
  assert.deepEqual([list.files.map(({ path }) => path), list.bytes], [['two\nlines'], 8]);
  const headers = { authorization: `Bearer ${stage.fry.token}` };
  const reply = await stage.api.app.inject({ url: '/api/v1/desktop/home/archive', headers });
  assert.equal(reply.headers['content-type'], 'application/gzip');
  assert.equal(reply.headers['content-disposition'], 'attachment; filename="fry-home.tar.gz"');
  const { stdout } = spawnSync('tar', ['xzO', `${basename(stage.home)}/two\nlines`], { input: reply.rawPayload });
  assert.equal(String(stdout), 'precious');
  assert.equal((await stage.admin.refusal('GET', '/desktop/home')).code, 'desktop_missing');
  const anonymous = await stage.api.app.inject({ url: '/api/v1/desktop/home/archive' });
  assert.equal(anonymous.statusCode, 401);
});

test('while a home is archived, its owner cannot remove the desktop and truncate the archive', LINUX, async () => {
  await using stage = await lostHome();
  const { context, app } = stage.api;
  const id = await stage.fry.startDesktop();
  await writeFile(join(stage.home, 'large'), Buffer.alloc(1 << 20));
  const archive = await context.archives.pack(id);
  const headers = { authorization: `Bearer ${stage.fry.token}` };
  for (const [method, path] of [
    ['DELETE', '/desktop'],
    ['POST', '/session/logout'],
  ] as const) {
    const reply = await app.inject({ method, url: `/api/v1${path}`, headers });
    assert.equal(reply.statusCode, 409, path);
    assert.match(reply.body, /still being downloaded/);
  }
  assert.equal((await stage.fry.refusal('POST', '/desktop/rebuild', { when: 'now' })).code, 'conflict');
  archive.destroy();
  await once(archive, 'close');
  assert.equal((await app.inject({ method: 'DELETE', url: '/api/v1/desktop', headers })).statusCode, 204);
});

test('an unreadable home is an error with a message, not an empty list', async () => {
  await using stage = await lostHome();
  await stage.fry.startDesktop();
  stage.api.engine.homeFolder = join(stage.home, 'not-there');
  for (const path of ['/desktop/home'])
    assert.match((await stage.fry.refusal('GET', path)).message, /home folder couldn’t be read/);
});

test('a home with files is not deleted by a rebuild while its user is away', LINUX, async () => {
  await using stage = await lostHome();
  const { context } = stage.api;
  const before = await stage.fry.startDesktop();
  assert.equal((await stage.fry.send('POST', '/desktop/rebuild', { when: 'idle' })).status, 204, 'the home is empty');
  await writeFile(join(stage.home, 'made-later'), 'precious');
  const plans = new RebuildPlans(context.store.values);
  const plan = (await plans.all()).get('fry');
  assert.ok(plan);
  await plans.set('fry', { ...plan, attendedAt: new Date(0).toISOString() });
  await context.rebuilds.sweep();
  await context.rebuilds.settled(AbortSignal.timeout(5_000));
  const { id, rebuild } = await desktopOf(stage);
  assert.deepEqual([id, rebuild], [before, undefined]);
  const [notice] = await context.rebuilds.notices('fry');
  assert.match(notice?.text ?? '', /wasn’t rebuilt while you were away: .* holds a file/);

  const refused = await stage.fry.refusal('POST', '/desktop/rebuild', { when: 'idle' });
  assert.deepEqual([refused.code, refused.status], ['conflict', 409]);
  assert.match(refused.remedy ?? '', /Download/);
  stage.api.engine.homeFolder = join(stage.home, 'not-there');
  assert.match((await stage.fry.refusal('POST', '/desktop/rebuild', { when: 'idle' })).message, /couldn’t be listed/);
});
