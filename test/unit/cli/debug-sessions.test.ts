/** `deskpod debug ls`, `approve`, `deny`, `end` and `play`, against a server that records requests. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { bodyOf, deskpodAt } from '../../fakes/command-line.ts';
import { debugSession, ID, RECORDING } from '../../fakes/debug-session.ts';

const HERE = { user: { id: 'hermes', name: 'Hermes', provider: 'directory', labels: [], roles: ['user'] } };
const SESSION = { ...HERE, expiresAt: '2027-01-02T03:04:05.000Z' };

test('debug sessions are listed, and approved, denied and ended by the desktop’s owner', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'GET /api/v1/session': SESSION,
    'GET /api/v1/debug': { sessions: [debugSession({ reason: 'ticket 7' })] },
    [`GET /api/v1/debug/${ID}`]: debugSession(),
    [`POST /api/v1/debug/${ID}/answer`]: debugSession(),
    [`POST /api/v1/debug/${ID}/end`]: debugSession(),
  });
  const { out } = await run(['debug', 'ls', '--user', '*', '--open']);
  assert.match(
    out,
    /^ID +KIND +BY +TARGET .*\n\S+ +toolbox +amy +hermes-app-paint-4dd6f +restricted +running .* ticket 7\n$/,
  );
  assert.equal(heard[0]?.url, '/api/v1/debug?user=*&open=true');
  for (const verb of ['approve', 'deny', 'end'])
    assert.deepEqual(await run(['debug', verb, ID.slice(0, 8)]), { code: 0, out: `${ID}  running\n`, err: '' }, verb);
  const posts = heard.filter(({ method }) => method === 'POST').map(({ url, body }) => [url.split('/').at(-1), body]);
  assert.deepEqual(posts, [
    ['answer', '{"agree":true}'],
    ['answer', '{"agree":false}'],
    ['end', ''],
  ]);
  assert.match((await run(['debug', 'end', 'ffff'])).err, /There is no debug session ffff/);
});

test('an administrator approves or denies a session on another user’s desktop', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'GET /api/v1/session': SESSION,
    [`GET /api/v1/debug/${ID}`]: debugSession({ userId: 'fry' }),
    [`POST /api/v1/debug/${ID}/approval`]: debugSession({ userId: 'fry' }),
  });
  assert.equal((await run(['debug', 'approve', ID])).code, 0);
  assert.equal((await run(['debug', 'deny', ID])).code, 0);
  assert.deepEqual(
    heard.filter(({ method }) => method === 'POST').map(({ body }) => body),
    ['{"agree":true}', '{"agree":false}'],
  );
});

test('a name that is also a subcommand means the subcommand; launch:NAME means the launch', async (context) => {
  const { run, heard } = await deskpodAt(context, {
    'GET /api/v1/session': SESSION,
    'GET /api/v1/debug': { sessions: [] },
    'POST /api/v1/debug/toolboxes': debugSession(),
  });
  assert.equal((await run(['debug', 'ls'])).err, 'No results.\n');
  assert.equal((await run(['debug', 'launch:ls', '--', 'play'])).code, 0);
  assert.deepEqual(bodyOf(heard), { launch: 'ls', env: {}, command: ['play'] });
  const help = await run(['debug', '--help']);
  assert.match(help.out, /debug <ls\|approve\|deny\|extend\|end\|acknowledge\|play>/);
  assert.match(help.out, /launch:NAME/);
});

test('an option before the subcommand is refused, as it would not reach it', async (context) => {
  const { run, heard } = await deskpodAt(context, {});
  const { code, err } = await run(['debug', '--reason', 'why', 'ls']);
  assert.deepEqual([code, err], [2, 'deskpod: --reason must come after ls. Run deskpod debug ls --help.\n']);
  assert.equal(heard.length, 0);
});

test('without a terminal a recording is printed at once, or raw', async (context) => {
  const { run } = await deskpodAt(context, {
    [`GET /api/v1/debug/${ID}/transcript`]: (response: ServerResponse) => response.end(RECORDING),
  });
  assert.equal((await run(['debug', 'play', ID])).out, 'one\r\ntwo\r\n');
  assert.equal((await run(['debug', 'play', ID, '--raw'])).out, RECORDING);
  assert.equal((await run(['debug', 'play', ID, '--speed', '0'])).code, 2);
});
