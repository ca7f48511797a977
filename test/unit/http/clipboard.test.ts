/** The clipboard over HTTP: only the owner's desktop, and never as a page of this server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CLIPBOARD_BODY_TYPE, encodeClipboard } from '#protocol/clipboard-body.ts';
import { eventually } from '../../fakes/launches.ts';
import { type FakeApi, fakeApi } from '../../fakes/api.ts';
import { FakeClipboard, fakeDisplay } from '../../fakes/display.ts';

const URL = '/api/v1/desktop/clipboard';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function withDesktop(api: FakeApi, name: string): Promise<string> {
  const token = await api.login(name);
  await api.app.inject({ method: 'POST', url: '/api/v1/desktop', payload: {}, headers: bearer(token) });
  await eventually(() => api.context.desktops.runningOrNull(name) ?? undefined);
  return token;
}

const put = (api: FakeApi, token: string, payload: Buffer, type = CLIPBOARD_BODY_TYPE) =>
  api.app.inject({ method: 'PUT', url: URL, payload, headers: { ...bearer(token), 'content-type': type } });

const body = (text: string) =>
  Buffer.from(encodeClipboard({ from: 'page', forms: [{ type: 'text/html', data: Buffer.from(text) }] }));

test('a form is read by its id, as bytes that no browser shows', async () => {
  const clipboard = new FakeClipboard();
  await using api = await fakeApi({ openDisplay: async () => fakeDisplay({ clipboard }) });
  const fry = await withDesktop(api, 'fry');
  clipboard.copy('one', [{ type: 'text/html', data: Buffer.from('<script>steal()</script>') }]);
  const ask = (query: string) => api.app.inject({ url: `${URL}/${query}`, headers: bearer(fry) });
  const reply = await ask('one?type=text/html');
  assert.equal(reply.body, '<script>steal()</script>');
  const { headers } = reply;
  assert.deepEqual(
    [
      headers['content-type'],
      headers['content-disposition'],
      headers['cache-control'],
      headers['x-content-type-options'],
    ],
    ['application/octet-stream', 'attachment', 'no-store', 'nosniff'],
  );
  assert.equal((await ask('one?type=image/png')).statusCode, 404);
  assert.equal((await ask('two?type=text/html')).statusCode, 404);
  assert.equal((await ask('one?type=text/rtf')).statusCode, 400);
  assert.equal((await api.app.inject({ url: `${URL}/one?type=text/html` })).statusCode, 401);
});

test('what a page writes is in its own desktop, and others are told which page it was', async () => {
  const displays: FakeClipboard[] = [];
  await using api = await fakeApi({
    openDisplay: async () => {
      const clipboard = new FakeClipboard();
      displays.push(clipboard);
      return fakeDisplay({ clipboard });
    },
  });
  const [fry] = [await withDesktop(api, 'fry'), await withDesktop(api, 'leela')];
  const events: unknown[] = [];
  api.context.hub.subscribe('fry', (event) => events.push(event));
  assert.equal((await put(api, fry, body('<b>x</b>'))).statusCode, 204);
  assert.equal(displays.length, 1, 'nobody uses the display of leela');
  assert.deepEqual(displays[0]?.forms, [{ type: 'text/html', data: Buffer.from('<b>x</b>') }]);
  const offer = { id: 'written', types: ['text/html'], from: 'page', fresh: true };
  assert.deepEqual(events.at(-1), { type: 'clipboard', rights: api.context.clipboards.rights, offer });
});

test('a body that is damaged, of another type, or too large is refused', async () => {
  await using api = await fakeApi({ openDisplay: async () => fakeDisplay() });
  const fry = await withDesktop(api, 'fry');
  assert.equal((await put(api, fry, body('x').subarray(1))).statusCode, 400);
  assert.equal((await put(api, fry, body('x'), 'image/png')).statusCode, 415);
  assert.equal((await put(api, fry, Buffer.alloc(9 * 1024 * 1024))).statusCode, 413);
});

test('without the right to it, nothing is read or written, and the ticket has no right to text', async () => {
  const clipboard = new FakeClipboard();
  await using api = await fakeApi({
    openDisplay: async () => fakeDisplay({ clipboard }),
    clipboard: { direction: 'off' },
  });
  const fry = await withDesktop(api, 'fry');
  clipboard.copy('one', [{ type: 'text/html', data: Buffer.from('x') }]);
  const reply = await api.app.inject({ url: `${URL}/one?type=text/html`, headers: bearer(fry) });
  assert.equal(reply.statusCode, 403);
  assert.equal((await put(api, fry, body('x'))).statusCode, 403);
  const ticket = await api.app.inject({ method: 'POST', url: '/api/v1/desktop/ticket', headers: bearer(fry) });
  const claims = await api.context.tickets.verify(ticket.json<{ token: string }>().token);
  assert.deepEqual(claims?.rights, { screen: 'control', clipboardIn: false, clipboardOut: false });
});
