import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ensureAccount, findAccount, parsePasswd } from '#processes/account.ts';
import { failsWith } from '../../fixtures/fails-with.ts';

test('a line of passwd gives the ids of its user', () => {
  const line = 'deskpod:x:998:997:Deskpod server:/nonexistent:/usr/sbin/nologin\n';
  assert.deepEqual(parsePasswd('deskpod', line), { name: 'deskpod', uid: 998, gid: 997 });
});

test('a line of another user, or one that is damaged, gives none', () => {
  for (const line of ['', 'desk:x:1:1::/:', 'deskpod:x::997::/:', 'deskpod:x:-1:1::/:', 'deskpod'])
    assert.equal(parsePasswd('deskpod', line), null, line);
});

test('an existing user of the machine is found, an unknown one is not', async () => {
  assert.equal((await findAccount('root'))?.uid, 0);
  assert.equal(await findAccount('nobody-has-this-name'), null);
});

test('the server process is never a second root', async () => {
  await assert.rejects(ensureAccount('root'), failsWith('invalid_request', /is root/));
});
