/** Icons of windows: only for the owner of the desktop, and kept by browsers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WindowIcons } from '#display/window-icons.ts';
import type { Display } from '#domain/ports/display.ts';
import { eventually } from '../../fakes/launches.ts';
import { fakeApi } from '../../fakes/api.ts';

test('the icon of a window is an immutable PNG for the owner of the desktop, and for nobody else', async () => {
  const icons = new WindowIcons();
  const url = icons.add(Buffer.from('a picture'));
  const display: Display = {
    windows: [],
    onChange: () => () => {},
    onMapped: () => () => {},
    onOpenRequest: () => () => {},
    onClose: () => () => {},
    icon: (version) => icons.find(version),
    act: async () => {},
    [Symbol.asyncDispose]: async () => {},
  };
  await using api = await fakeApi({ openDisplay: async () => display });
  const [fry, leela] = [await api.login('fry'), await api.login('leela')];
  for (const token of [fry, leela])
    await api.app.inject({ method: 'POST', url: '/api/v1/desktop', payload: {}, headers: bearer(token) });
  const desktop = await eventually(() => api.context.desktops.runningOrNull('fry') ?? undefined);
  await eventually(() => api.context.desktops.runningOrNull('leela') ?? undefined);
  const release = api.context.displays.hold(desktop.id);
  const ask = async (path: string, token: string | null) =>
    api.app.inject({ url: path, headers: token === null ? {} : bearer(token) });

  const own = await ask(url, fry);
  assert.deepEqual([own.statusCode, own.headers['content-type'], own.body], [200, 'image/png', 'a picture']);
  assert.equal(own.headers['cache-control'], 'private, max-age=31536000, immutable');
  assert.equal((await ask(url, leela)).statusCode, 404, 'not on her desktop');
  assert.equal((await ask(url, null)).statusCode, 401);
  assert.equal((await ask(`${url.slice(0, -1)}x`, fry)).statusCode, 404);
  release();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
