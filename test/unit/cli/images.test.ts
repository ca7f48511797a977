/** `deskpod images`, as far as it needs no container engine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandLine } from '../../fakes/command-line.ts';
import { checkedBom } from '../../fixtures/cyclonedx.ts';

test('without a name, images sbom prints that of the server, as JSON and nothing else', async (context) => {
  const { deskpod } = await commandLine(context);
  const { code, out, err } = await deskpod(['images', 'sbom']);
  assert.deepEqual([code, err], [0, '']);
  assert.equal(checkedBom(JSON.parse(out)).metadata.component.name, 'deskpod');
});

test('digests are those of a registry: without a push, the option is refused before anything is built', async (context) => {
  const { deskpod } = await commandLine(context);
  const { code, err } = await deskpod(['images', '--digests', 'digests.yaml', '--data', '/nowhere']);
  assert.equal(code, 1);
  assert.match(err, /--digests needs --push/);
});
