/** The typed client with a fake fetch: headers, parsed replies, named errors, streams that reconnect. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from '#client/client.ts';
import { ApiError, ConnectionError, ReplyError } from '#client/errors.ts';
import { retryDelay } from '#client/stream.ts';

type Answer = (path: string, init: RequestInit) => Response | Promise<Response>;

function clientOf(answer: Answer, token?: string) {
  const asked: { path: string; method: string; headers: Headers; body: unknown }[] = [];
  const fakeFetch: typeof fetch = async (url, init = {}) => {
    const path = (url instanceof Request ? url.url : url.toString()).replace('http://deskpod/api/v1', '');
    asked.push({
      path,
      method: init.method ?? 'GET',
      headers: new Headers(init.headers),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    });
    return answer(path, init);
  };
  return { asked, client: createClient({ baseUrl: 'http://deskpod', fetch: fakeFetch, ...(token ? { token } : {}) }) };
}

const sse = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
const notice = (id: string) =>
  `data: ${JSON.stringify({ type: 'notice', notice: { id, level: 'info', text: id, launchId: null, at: '2026-01-01T00:00:00Z' } })}\n\n`;

test('every change has the header that other sites cannot send, and reads do not', async () => {
  const { asked, client } = clientOf(() => Response.json({ apps: [] }));
  await client.apps.list();
  await client.apps.install('xterm');
  assert.deepEqual(
    asked.map(({ headers }) => headers.get('x-deskpod')),
    [null, '1'],
  );
  assert.deepEqual(asked[1]?.body, { app: 'xterm' });
});

test('a token is sent as a bearer token', async () => {
  const { asked, client } = clientOf(() => Response.json({ apps: [] }), 'abc');
  await client.apps.list();
  assert.equal(asked[0]?.headers.get('authorization'), 'Bearer abc');
});

test("a refusal has the server's code, field and fix", async () => {
  const error = { code: 'limit_reached', message: 'Too many.', field: 'app', remedy: 'Stop one.' };
  const { client } = clientOf(() => Response.json({ error }, { status: 409 }));
  await assert.rejects(client.launches.start({ app: 'x' }), (thrown) => {
    assert.ok(thrown instanceof ApiError);
    assert.deepEqual(
      [thrown.status, thrown.code, thrown.field, thrown.remedy],
      [409, 'limit_reached', 'app', 'Stop one.'],
    );
    return true;
  });
});

test('a refusal by another program, such as a proxy, has a code, too', async () => {
  const { client } = clientOf(() => new Response('<h1>Bad gateway</h1>', { status: 502 }));
  await assert.rejects(client.system.get(), (thrown) => thrown instanceof ApiError && thrown.code === 'internal_error');
});

test('a missing response is a connection error', async () => {
  const { client } = clientOf(() => Promise.reject(new TypeError('fetch failed')));
  await assert.rejects(client.session.current(), ConnectionError);
});

test('a response with an unexpected shape is reported with the invalid field', async () => {
  const { client } = clientOf(() => Response.json({ apps: [{ id: 7 }] }));
  await assert.rejects(client.apps.list(), (thrown) => thrown instanceof ReplyError && /apps\.0/.test(thrown.message));
});

test('ids are encoded in the path and empty filters are omitted', async () => {
  const { asked, client } = clientOf((path) =>
    path.includes('stop') ? new Response(null, { status: 204 }) : Response.json({ launches: [] }),
  );
  await client.launches.stop('a/b c');
  await client.launches.list({ user: 'hermes', app: '', limit: 5 });
  assert.deepEqual(
    asked.map(({ path }) => path),
    ['/launches/a%2Fb%20c/stop', '/launches?user=hermes&limit=5'],
  );
});

test('events continue after the stream is lost, and unknown ones are skipped', async () => {
  let opened = 0;
  const { client } = clientOf(() => sse(notice(`n${(opened += 1)}`) + 'data: {"type":"from the future"}\n\n'));
  const abort = new AbortController();
  const states: string[] = [];
  const seen: string[] = [];
  for await (const event of client.events({ signal: abort.signal, onState: (state) => states.push(state) })) {
    if (event.type === 'notice') seen.push(event.notice.id);
    if (seen.length === 2) break;
  }
  assert.deepEqual(seen, ['n1', 'n2']);
  assert.deepEqual(states, ['open', 'lost', 'open']);
});

test('a wake event ends the pause before the next attempt', async () => {
  let opened = 0;
  const wake = new EventTarget();
  const abort = new AbortController();
  const { client } = clientOf(() => {
    opened += 1;
    if (opened > 9) return sse(notice('late'));
    throw new TypeError('offline');
  });
  // Without it the nine pauses would take more than 20 seconds.
  const started = performance.now();
  const onState = () => void setImmediate(() => wake.dispatchEvent(new Event('wake')));
  for await (const event of client.events({ signal: abort.signal, wake, onState })) {
    assert.equal(event.type, 'notice');
    break;
  }
  assert.ok(performance.now() - started < 5_000);
});

test('events end with the refusal when the session has ended', async () => {
  const { client } = clientOf(() =>
    Response.json({ error: { code: 'not_authenticated', message: 'Log in.' } }, { status: 401 }),
  );
  const read = async () => {
    for await (const event of client.events({ signal: AbortSignal.timeout(1000) })) assert.fail(event.type);
  };
  await assert.rejects(read, (thrown) => thrown instanceof ApiError && thrown.code === 'not_authenticated');
});

test('a log ends with the end event, and an interruption is an error', async () => {
  const line = `data: ${JSON.stringify({ at: null, stream: 'stderr', text: 'oh' })}\n\n`;
  const read = async (text: string) => {
    const lines: string[] = [];
    const { client } = clientOf(() => sse(text));
    for await (const { text: one } of client.launches.logStream('x', AbortSignal.timeout(1000))) lines.push(one);
    return lines;
  };
  assert.deepEqual(await read(`${line}${line}event: end\ndata: {}\n\n`), ['oh', 'oh']);
  await assert.rejects(read(line), ConnectionError);
});

test('the first attempt is immediate, and later pauses grow up to ten seconds', () => {
  const pauses = [0, 1, 2, 3, 4, 50].map((attempt) => retryDelay(attempt, () => 0));
  assert.deepEqual(pauses, [0, 100, 250, 500, 1000, 10_000]);
  assert.equal(
    retryDelay(2, () => 1),
    188,
  );
});
