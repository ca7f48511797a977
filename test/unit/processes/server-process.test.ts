import assert from 'node:assert/strict';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ServerProcess } from '#processes/server-process.ts';

const program = (script: string): ServerProcess => new ServerProcess(process.execPath, ['-e', script]);

test('the exit code of the server process is known', async () => {
  assert.equal(await program('process.exit(7)').ended, 7);
  assert.equal(await program('process.kill(process.pid, "SIGKILL")').ended, 1);
});

test('it learns that its engine is ready', async () => {
  const server = program('process.once("message", ({ engine }) => process.exit(engine === "ready" ? 3 : 4))');
  server.engineIsReady();
  assert.equal(await server.ended, 3);
});

test('it is asked to stop, and finishes what it does', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-process-'));
  t.after(() => rm(folder, { recursive: true }));
  const changes = watch(folder);
  const server = program(`
    process.once('SIGTERM', () => setTimeout(() => process.exit(5), 20));
    process.once('message', () => undefined);
    require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'up'))}, '');
  `);
  await once(changes, 'change');
  changes.close();
  await server[Symbol.asyncDispose]();
  assert.equal(await server.ended, 5);
});
