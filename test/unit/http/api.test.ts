import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAttempts } from '#auth/login-attempts.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ErrorBody } from '#protocol/errors.ts';
import { fakeApi } from '../../fakes/api.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a wrong password, an unknown name and a name without a password are refused with the same message', async () => {
  await using api = await fakeApi();
  const attempt = async (name: string, password: string) => {
    const payload = { provider: 'directory', name, password };
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload,
      headers: { 'x-deskpod': '1' },
    });
    return { status: reply.statusCode, ...ErrorBody.parse(reply.json()).error };
  };
  const wrong = await attempt('Hermes Conrad', 'nope');
  assert.deepEqual(await attempt('Nobody Atall', 'nope'), wrong);
  assert.deepEqual([wrong.status, wrong.code], [401, 'login_refused']);
});

test('an unreachable directory is reported as such, and does not count as a failed attempt', async () => {
  const away = new DeskpodError('directory_unavailable', 'The directory planet cannot be reached.', {
    remedy: 'Wait.',
  });
  await using api = await fakeApi({
    authenticators: [{ id: 'directory', name: 'planet', authenticate: () => Promise.reject(away) }],
  });
  const payload = { provider: 'directory', name: 'hermes', password: 'hermes' };
  for (let count = 0; count < 50; count += 1) {
    const reply = await api.app.inject({
      method: 'POST',
      url: '/api/v1/session',
      payload,
      headers: { 'x-deskpod': '1' },
    });
    assert.equal(reply.statusCode, 503);
    assert.deepEqual(ErrorBody.parse(reply.json()).error, {
      code: 'directory_unavailable',
      message: 'The directory planet cannot be reached.',
      remedy: 'Wait.',
    });
  }
  const options = await api.app.inject({ url: '/api/v1/login-options' });
  assert.equal(options.json().providers[0].hint, 'planet');
});

test('an account that is locked by one of its names refuses the other like an unknown one', async () => {
  await using api = await fakeApi({ attempts: createAttempts({ failures: 3 }) });
  const attempt = async (name: string, password: string) => {
    const payload = { provider: 'directory', name, password };
    const headers = { 'x-deskpod': '1' };
    const reply = await api.app.inject({ method: 'POST', url: '/api/v1/session', payload, headers });
    return { status: reply.statusCode, body: reply.body, retryAfter: reply.headers['retry-after'] };
  };
  for (let count = 0; count < 3; count += 1) assert.equal((await attempt('hermes', 'wrong')).status, 401);
  assert.equal((await attempt('hermes', 'hermes')).status, 429);
  const unknown = await attempt('Nobody Atall', 'hermes');
  assert.equal(unknown.status, 401);
  assert.deepEqual(await attempt('Hermes Conrad', 'hermes'), unknown, 'even with the right password');
  assert.equal((await attempt('Turanga Leela', 'leela')).status, 200);
});

test('empty fields are refused with the field name', async () => {
  await using api = await fakeApi();
  const payload = { provider: 'directory', name: '  ', password: 'x' };
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload,
    headers: { 'x-deskpod': '1' },
  });
  const { code, field, message } = ErrorBody.parse(reply.json()).error;
  assert.deepEqual([reply.statusCode, code, field, message], [400, 'invalid_request', 'name', 'Enter your name.']);
});

test('users log in by cn and by uid and are the same user', async () => {
  await using api = await fakeApi();
  for (const name of ['Hermes Conrad', 'hermes']) {
    const reply = await api.app.inject({ url: '/api/v1/session', headers: bearer(await api.login(name, 'hermes')) });
    assert.equal(reply.json().user.id, 'hermes');
  }
});

test('a changing request needs the guard header if it uses the cookie', async () => {
  await using api = await fakeApi();
  const token = await api.login('hermes');
  const cookie = { cookie: `deskpod_session=${token}` };
  const without = await api.app.inject({ method: 'DELETE', url: '/api/v1/desktop', headers: cookie });
  assert.equal(without.statusCode, 403);
  const guarded = await api.app.inject({
    method: 'DELETE',
    url: '/api/v1/desktop',
    headers: { ...cookie, 'x-deskpod': '1' },
  });
  assert.equal(guarded.statusCode, 204);
});

test('the session cookie is not available to scripts and other sites', async () => {
  await using api = await fakeApi();
  const payload = { provider: 'directory', name: 'fry', password: 'fry' };
  const reply = await api.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload,
    headers: { 'x-deskpod': '1' },
  });
  assert.match(String(reply.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
});

test('after a logout the token is invalid', async () => {
  await using api = await fakeApi();
  const token = await api.login('hermes');
  await api.app.inject({ method: 'DELETE', url: '/api/v1/session', headers: bearer(token) });
  assert.equal((await api.app.inject({ url: '/api/v1/session', headers: bearer(token) })).statusCode, 401);
});

test('a launch of another user does not exist: neither its details, log, stop nor removal', async () => {
  await using api = await fakeApi();
  const hermes = await api.login('hermes');
  const fry = await api.login('fry');
  await api.app.inject({ method: 'POST', url: '/api/v1/desktop', payload: {}, headers: bearer(hermes) });
  await until(() => api.context.desktops.runningOrNull('hermes') !== null);
  const started = await api.app.inject({
    method: 'POST',
    url: '/api/v1/launches',
    payload: { app: 'game' },
    headers: bearer(hermes),
  });
  assert.equal(started.statusCode, 202);
  const path = `/api/v1/launches/${started.json().id}`;
  const attempts = [
    ['GET', path],
    ['GET', `${path}/log`],
    ['GET', `${path}/log/stream`],
    ['POST', `${path}/stop`],
    ['DELETE', path],
  ] as const;
  for (const [method, url] of attempts) {
    assert.equal((await api.app.inject({ method, url, headers: bearer(fry) })).statusCode, 404, `${method} ${url}`);
  }
  assert.equal((await api.app.inject({ url: path, headers: bearer(hermes) })).statusCode, 200);
});

test('objects of other users are listed for staff only', async () => {
  await using api = await fakeApi();
  const status = async (token: string, url: string) =>
    (await api.app.inject({ url, headers: bearer(token) })).statusCode;
  const fry = await api.login('fry');
  assert.equal(await status(fry, '/api/v1/launches?user=hermes'), 403);
  assert.equal(await status(fry, '/api/v1/desktops'), 403);
  assert.equal(await status(fry, '/api/v1/users'), 403);
  assert.equal(await status('the-local-token-of-the-test', '/api/v1/launches?user=hermes'), 200);
});

test('the rate of requests is limited per user, and per address without a login', async () => {
  await using api = await fakeApi();
  const left = async (headers: Record<string, string>) =>
    Number((await api.app.inject({ url: '/api/v1/session', headers })).headers['x-ratelimit-remaining']);
  const [fry, leela] = [bearer(await api.login('fry')), bearer(await api.login('leela'))];
  const first = await left(fry);
  assert.equal(await left(fry), first - 1);
  assert.equal(await left(leela), first);
  const from = (address: string) => ({ 'x-forwarded-for': address });
  assert.equal(await left(from('203.0.113.5')), first);
  assert.equal(await left(from('203.0.113.5')), first - 1);
  assert.equal(await left(from('203.0.113.6')), first);
});

test('problems are reported to administrators only, with the commands that fix them', async () => {
  await using api = await fakeApi();
  const ask = (token: string) => api.app.inject({ url: '/api/v1/warnings', headers: bearer(token) });
  assert.equal((await ask(await api.login('fry'))).statusCode, 403);
  const { warnings } = (await ask('the-local-token-of-the-test')).json();
  assert.deepEqual(warnings, [{ text: 'A key is short.', commands: ['kubectl delete secret x'] }]);
});

test("a ticket is issued only for the user's own running desktop", async () => {
  await using api = await fakeApi();
  const token = await api.login('leela');
  const none = await api.app.inject({ method: 'POST', url: '/api/v1/desktop/ticket', headers: bearer(token) });
  assert.deepEqual([none.statusCode, none.json().error.code], [409, 'desktop_missing']);
  await api.app.inject({ method: 'POST', url: '/api/v1/desktop', payload: {}, headers: bearer(token) });
  await until(() => api.context.desktops.runningOrNull('leela') !== null);
  const given = await api.app.inject({ method: 'POST', url: '/api/v1/desktop/ticket', headers: bearer(token) });
  const claims = await api.context.tickets.verify(given.json().token);
  assert.deepEqual([claims?.userId, claims?.desktopId], ['leela', api.context.desktops.runningOrNull('leela')?.id]);
});

test('a desktop that cannot be created has the reason and can be started again', async () => {
  await using api = await fakeApi();
  const token = await api.login('amy');
  const { DeskpodError } = await import('#domain/errors.ts');
  api.engine.failNext.makeDesktop = new DeskpodError('engine_unavailable', 'Podman does not answer.', {
    remedy: 'Start it.',
  });
  const start = () => api.app.inject({ method: 'POST', url: '/api/v1/desktop', payload: {}, headers: bearer(token) });
  await start();
  await until(() => api.context.desktops.get('amy').status.state === 'failed');
  const { status } = api.context.desktops.get('amy');
  assert.deepEqual(status, { state: 'failed', reason: 'Podman does not answer.', remedy: 'Start it.' });
  await start();
  await until(() => api.context.desktops.get('amy').status.state === 'running');
});

test('the API describes itself, including every error field', async () => {
  await using api = await fakeApi();
  const description = (await api.app.inject({ url: '/api/v1/openapi.json' })).json();
  assert.ok(description.paths['/api/v1/launches/{id}'].get, JSON.stringify(Object.keys(description.paths)));
  const page = await api.app.inject({ url: '/api/v1/docs' });
  assert.match(page.body, /POST \/api\/v1\/launches/);
});

test('every response forbids third-party scripts and frames', async () => {
  await using api = await fakeApi();
  const { headers } = await api.app.inject({ url: '/api/v1/login-options' });
  assert.match(String(headers['content-security-policy']), /default-src 'self'.*frame-ancestors 'none'/);
  assert.equal(headers['x-content-type-options'], 'nosniff');
});

async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 10_000; turn += 1) {
    if (holds()) return;
    await new Promise(setImmediate);
  }
  assert.fail('it never came true');
}
