/** Both halves together: what one engine says in the engine process, the server process hears. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halves, soon } from './kit.ts';

test('every simple method answers', async () => {
  await using both = await halves();
  const { remote } = both;
  assert.deepEqual(remote.capabilities, both.engine.capabilities);
  assert.deepEqual(await remote.info(), await both.engine.info());
  assert.equal(await remote.ready(), undefined);
  assert.equal(await remote.tidy(), undefined);
  assert.deepEqual(await remote.podNetworks(), []);
  assert.equal(await remote.image('x:1'), null);
  assert.equal(await remote.removeDesktop('fry-00000', soon()), undefined);
});
