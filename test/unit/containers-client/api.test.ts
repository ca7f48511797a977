import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { EngineApi, isStatus } from '#containers-client/api.ts';

/** What Podman answers about a container whose process is ending. */
const ENDING = { cause: 'no such process', message: 'read /proc/24953/cgroup: no such process', response: 500 };
const State = z.object({ Status: z.string() });

/** An engine whose first answers are these failures. */
async function engine(failures: readonly object[]) {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-engine-'));
  const left = [...failures];
  const server = createServer((_request, reply) => {
    const failure = left.shift();
    reply.writeHead(failure ? 500 : 200, { 'content-type': 'application/json' });
    reply.end(JSON.stringify(failure ?? { Status: 'exited' }));
  });
  server.listen(join(folder, 'engine.sock'));
  await once(server, 'listening');
  return {
    api: new EngineApi(join(folder, 'engine.sock')),
    left,
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}

test('a container whose process is just ending is described once the engine knows its end', async () => {
  await using busy = await engine([ENDING, ENDING]);
  assert.deepEqual(await busy.api.json(State, 'GET', '/containers/a/json'), { Status: 'exited' });
});

test('the engine is not asked for ever, and other failures and changes are not repeated', async () => {
  await using broken = await engine(Array.from({ length: 100 }, () => ENDING));
  await assert.rejects(broken.api.json(State, 'GET', '/containers/a/json'), (error) => isStatus(error, 500));
  const left = broken.left.length;
  assert.ok(left > 50, `${left}`);
  await assert.rejects(broken.api.text('POST', '/containers/a/start'), /no such process/);
  assert.equal(broken.left.length, left - 1);
  await using full = await engine([{ message: 'no space left on device' }]);
  await assert.rejects(full.api.json(State, 'GET', '/containers/a/json'), /no space left/);
});
