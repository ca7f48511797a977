/** Names in the kernel's network: which installation something belongs to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bridgeOf, bridgePrefix, egressTable } from '#engines/containers/specs/bridge.ts';

test('a bridge has the prefix of its installation, and as many characters as the kernel accepts', () => {
  const [one, other] = [bridgeOf('/var/lib/deskpod', 'hermes-1a2b3'), bridgeOf('/var/lib/deskpod', 'fry-1a2b3')];
  assert.match(one, /^dp-[0-9a-f]{12}$/);
  assert.ok(one.startsWith(bridgePrefix('/var/lib/deskpod')));
  assert.notEqual(one, other);
});

test('two installations on one machine have different bridges and tables', () => {
  assert.notEqual(bridgePrefix('/var/lib/deskpod'), bridgePrefix('/srv/deskpod'));
  assert.notEqual(egressTable('/var/lib/deskpod'), egressTable('/srv/deskpod'));
  assert.match(egressTable('/var/lib/deskpod'), /^deskpod-[0-9a-f]{12}$/);
});
