/** The parts of set-up that decide or print. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { checkMemory, checkPort, judgeDisk } from '#setup/checks.ts';
import { notInstalled, requiredPackages } from '#setup/packages.ts';
import { createProgress, duration } from '#setup/progress.ts';

const GB = 1024 ** 3;

function recorder(isTTY: boolean): {
  text: () => string;
  write: (text: string) => void;
  isTTY: boolean;
  columns: number;
} {
  let written = '';
  return { text: () => written, write: (text) => void (written += text), isTTY, columns: 40 };
}

test('a port in use is reported with a fix', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const taken = await checkPort({ host: '127.0.0.1', port: address.port });
  assert.match(taken?.problem ?? '', new RegExp(`Port ${address.port} on 127.0.0.1 is in use`));
  assert.match(taken?.remedy ?? '', /--port/);
  server.close();
  await once(server, 'close');
  assert.equal(await checkPort({ host: '127.0.0.1', port: address.port }), null);
});

test('an address of another machine is reported', async () => {
  assert.match((await checkPort({ host: '192.0.2.1', port: 1 }))?.problem ?? '', /Can't listen on port 1/);
});

test('less disk space is needed once the images exist', () => {
  assert.match(judgeDisk('/data', 2 * GB, false)?.problem ?? '', /2\.0 GB are free for \/data\. Deskpod needs 6\.0 GB/);
  assert.equal(judgeDisk('/data', 2 * GB, true), null);
});

test('a machine with too little memory is refused with both numbers', () => {
  assert.match(checkMemory(GB)?.problem ?? '', /1\.0 GB of memory\. Deskpod needs 1\.5 GB/);
  assert.equal(checkMemory(4 * GB), null);
});

test('packages that dpkg does not know, or lists as removed or partly configured, are missing', () => {
  const listing =
    'podman installed\nrunc config-files\ndpkg-query: no packages found matching gpg\nmmdebstrap half-configured\n';
  assert.deepEqual(notInstalled(['podman', 'runc', 'gpg', 'mmdebstrap'], listing), ['runc', 'gpg', 'mmdebstrap']);
});

test('an engine or a base image provided by the user needs fewer packages', () => {
  assert.ok(requiredPackages({ ownEngine: true, ownBase: true }).includes('mmdebstrap'));
  assert.ok(requiredPackages({ ownEngine: true, ownBase: false }).includes('nftables'));
  assert.deepEqual(requiredPackages({ ownEngine: false, ownBase: false }), ['ca-certificates']);
});

test('a log has one line at the start and one at the end of a step, without control characters', async () => {
  const output = recorder(false);
  let time = 0;
  const progress = createProgress(output, () => time);
  await progress.step('Images', async (detail) => {
    detail('base: something');
    time = 1500;
    return 'desktop';
  });
  assert.equal(output.text(), 'Images …\n✓ Images                    1.5 s  desktop\n');
});

test('a failed step is marked and passes on its error', async () => {
  const output = recorder(false);
  await assert.rejects(
    createProgress(output, () => 0).step('Images', () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.match(output.text(), /✗ Images/);
});

test('on a terminal details are on one line each, without control characters from outside', async () => {
  const output = recorder(true);
  await createProgress(output, () => 0).step('Images', async (detail) => {
    detail(`\u001b[31mred\u0007 ${'long '.repeat(30)}`);
  });
  const drawn = output
    .text()
    .split('\n')
    .filter((line) => line.includes('red'));
  assert.equal(drawn.length, 1);
  assert.ok(!drawn[0]?.includes('\u001b[31m'));
  assert.ok((drawn[0]?.replace('\u001b[1A\u001b[J', '').length ?? 99) < 40);
});

test('durations are formatted readably', () => {
  assert.deepEqual([4.4, 1300, 99_000, 125_000].map(duration), ['4 ms', '1.3 s', '99.0 s', '2 min 05 s']);
});
