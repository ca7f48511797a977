/** Opening files and links, for the page and for programs in the desktop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Openings } from '#domain/opening/openings.ts';
import type { Identity } from '#domain/ports/auth.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { App } from '#protocol/app.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';

const account: Identity['account'] = {
  userId: 'fry',
  displayName: 'Philip J. Fry',
  provider: 'planet',
  uid: 1000,
  gid: 1000,
};
const fry: Identity = {
  user: { id: 'fry', name: 'Philip J. Fry', provider: 'planet', roles: [], labels: [] },
  account,
};

const LAUNCH: Launch = {
  id: 'launch',
  userId: 'fry',
  desktopId: 'd',
  appId: 'editor',
  appName: 'editor',
  runtime: 'ephemeral_container',
  status: { state: 'running' },
  startedAt: '2026-11-30T00:00:00.000Z',
  windowMs: null,
  limits: {},
  image: 'editor',
  imageDigest: null,
  args: [],
};

const app = (id: string, opens: string[]): App => ({
  id,
  name: id,
  displayName: id,
  description: null,
  keywords: [],
  categories: [],
  wmClass: '',
  runtime: 'ephemeral_container',
  limits: {},
  iconUrl: null,
  pinned: false,
  opens,
  opensByDefault: false,
  availability: { state: 'ready' },
});

function lab(links: 'desktop' | 'browser' = 'desktop', defaults: Record<string, string> = {}) {
  const started: { app: string; args: readonly string[] }[] = [];
  const events: ServerEvent[] = [];
  const warnings: string[] = [];
  const openings = new Openings({
    catalogue: { appsFor: async () => [app('editor', ['.txt', '.md']), app('notes', ['.md']), app('web', ['web:'])] },
    desktops: {
      running: () => ({ id: 'd', entries: { finished: 0, most: null } }),
      ownerOf: (id) => (id === 'd' ? 'fry' : null),
      envOf: () => ({}),
    },
    launches: {
      async start(_identity, _desktop, { app: key, args }) {
        if (key === 'full') throw new DeskpodError('limit_reached', 'Full.');
        started.push({ app: key, args });
        return { ...LAUNCH, appId: key };
      },
    },
    preferences: {
      get: async () => ({
        theme: 'system',
        dock: [],
        dockHidden: false,
        printDialog: true,
        offerDownloads: true,
        openWith: defaults,
        language: 'system',
        picture: 'auto',
        touch: 'direct',
        scale: 'auto',
      }),
    },
    hub: { publish: (_user, event) => void events.push(event) },
    links,
    warn: (message) => void warnings.push(message),
  });
  return { openings, started, events, warnings };
}

test('a file opens in the only app for it, by its whole path', async () => {
  const { openings, started } = lab();
  const result = await openings.open(fry, { path: 'a folder/note.txt' });
  assert.equal(result.open, 'app');
  assert.deepEqual(started, [{ app: 'editor', args: ['/home/fry/a folder/note.txt'] }]);
});

test('several apps are offered until the user has a default; the request may name another one', async () => {
  const { openings, started } = lab();
  assert.deepEqual(await openings.open(fry, { path: 'a.md' }), { open: 'choose', apps: ['editor', 'notes'] });
  assert.deepEqual(started, []);
  const chosen = lab('desktop', { '.md': 'notes' });
  await chosen.openings.open(fry, { path: 'a.md' });
  await chosen.openings.open(fry, { path: 'a.md', app: 'web' });
  assert.deepEqual(
    chosen.started.map((one) => one.app),
    ['notes', 'web'],
  );
});

test('a link opens in the desktop, or by policy in the user’s own browser; email addresses, too', async () => {
  const desktop = lab();
  await desktop.openings.open(fry, { url: 'https://example.org' });
  assert.deepEqual(desktop.started, [{ app: 'web', args: ['https://example.org/'] }]);
  await assert.rejects(desktop.openings.open(fry, { url: 'mailto:a@b' }), /None of your apps opens email addresses/);
  const browser = lab('browser');
  assert.deepEqual(await browser.openings.open(fry, { url: 'https://EXAMPLE.org' }), {
    open: 'browser',
    url: 'https://example.org/',
  });
  assert.deepEqual(browser.started, []);
});

test('a program opens files of the home folder and links, each on its own', async () => {
  const { openings, started, events } = lab();
  const leave = openings.attend(fry);
  await Promise.all(
    ['/home/fry/a.txt', 'https://example.org/', '/home/fry/b.txt'].map((text) => openings.requested('d', text)),
  );
  assert.deepEqual(
    new Set(started.map(({ args }) => args[0])),
    new Set(['/home/fry/a.txt', '/home/fry/b.txt', 'https://example.org/']),
  );
  assert.deepEqual(events, []);
  await openings.requested('d', '/home/fry/a.md');
  assert.deepEqual(events, [
    { type: 'open', request: { path: 'a.md' }, result: { open: 'choose', apps: ['editor', 'notes'] } },
  ]);
  leave();
});

test('anything else that a program writes is a notice, not a launch', async () => {
  const { openings, started, events } = lab();
  openings.attend(fry);
  const hostile = [
    '/etc/passwd',
    '/home/leela/a.txt',
    '/home/fry/../leela/a.txt',
    'javascript:1',
    '',
    '--help',
    '/home/fry/a\n.txt',
    '\ufffd',
  ];
  for (const text of hostile) await openings.requested('d', text);
  assert.deepEqual(started, []);
  assert.equal(events.length, hostile.length);
  assert.ok(events.every((event) => event.type === 'notice' && event.notice.level === 'warning'));
});

test('requests are dropped while nobody has the desktop open, and beyond twenty a minute; each is logged once', async () => {
  const { openings, started, warnings } = lab();
  await openings.requested('d', '/home/fry/a.txt');
  await openings.requested('another', '/home/fry/a.txt');
  assert.deepEqual(started, []);
  const leave = openings.attend(fry);
  for (let count = 0; count < 40; count += 1) await openings.requested('d', '/home/fry/a.txt');
  assert.equal(started.length, 20);
  leave();
  await openings.requested('d', '/home/fry/a.txt');
  assert.equal(warnings.length, 3);
});
