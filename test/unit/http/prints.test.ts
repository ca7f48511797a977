/** The routes of prints: of the caller's own desktop, for a frame of our own page. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Prints } from '#domain/desktops/prints.ts';
import { Prints as Reply } from '#protocol/print.ts';
import { openStore } from '#store/open.ts';
import { fakeApi } from '../../fakes/api.ts';
import { FakeEngine } from '../../fakes/engine.ts';
import { eventually } from '../../fakes/launches.ts';
import { FakePrintFolder } from '../../fakes/prints.ts';

async function withPrints(t: TestContext) {
  const folder = new FakePrintFolder();
  const store = await openStore({ kind: 'sqlite', file: ':memory:' });
  const prints = new Prints({ engine: new FakeEngine(), folder, values: store.values, failed: () => undefined });
  const api = await fakeApi({ prints });
  t.after(async () => {
    prints[Symbol.dispose]();
    await api[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });
  api.engine.services = { files: null, printer: null };
  const token = await api.login('fry');
  const ask = (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) =>
    api.app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { authorization: `Bearer ${token}` },
      ...(payload === undefined ? {} : { payload }),
    });
  return { folder, api, ask };
}

test('prints are listed, read into a frame of our own page, marked as shown and deleted', async (t) => {
  const { folder, api, ask } = await withPrints(t);
  assert.equal((await ask('GET', '/desktop/prints')).statusCode, 409, 'no desktop');
  await ask('POST', '/desktop', {});
  await eventually(() => api.context.desktops.runningOrNull('fry') ?? undefined);
  const print = folder.add("Grüße, it's me.pdf", new Date(Date.now() + 2_000));
  const list = async () => Reply.parse((await ask('GET', '/desktop/prints')).json());
  assert.deepEqual(await list(), { prints: [{ ...print, new: true }], count: 1 });

  const url = `/desktop/prints/${encodeURIComponent(print.name)}`;
  const { statusCode, headers, body } = await ask('GET', url);
  assert.deepEqual([statusCode, body, headers['content-type']], [200, 'PDF', 'application/pdf']);
  assert.match(String(headers['content-security-policy']), /frame-ancestors 'self'/);
  assert.equal(headers['content-disposition'], "inline; filename*=UTF-8''Gr%C3%BC%C3%9Fe%2C%20it%27s%20me.pdf");
  assert.equal(headers['cache-control'], 'no-store');

  assert.equal((await ask('POST', '/desktop/prints/shown', print)).statusCode, 204);
  assert.equal((await list()).prints[0]?.new, false);
  assert.equal((await ask('DELETE', url)).statusCode, 204);
  assert.deepEqual(await list(), { prints: [], count: 0 });
});

test('names that lead elsewhere are refused', async (t) => {
  const { api, ask } = await withPrints(t);
  await ask('POST', '/desktop', {});
  await eventually(() => api.context.desktops.runningOrNull('fry') ?? undefined);
  for (const name of [
    '..%2fx.pdf',
    '%2e%2e%2f%2e%2e%2fetc.pdf',
    '.x.pdf',
    'x.html',
    'a%0ab.pdf',
    `${'x'.repeat(300)}.pdf`,
  ])
    assert.equal((await ask('GET', `/desktop/prints/${name}`)).statusCode, 400, name);
  assert.equal((await ask('GET', '/desktop/prints/none.pdf')).statusCode, 404);
});
