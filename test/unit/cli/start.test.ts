/** How `deskpod serve` stops. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { stop } from '../../../src/cli/start.ts';

test('a server that stops in time exits by itself', async () => {
  const codes: number[] = [];
  await stop({ async [Symbol.asyncDispose]() {} }, { stderr: new PassThrough() }, (code) => codes.push(code), 1000);
  assert.deepEqual(codes, []);
});

test('a server that does not stop in time says so and exits with 1', async () => {
  const stderr = new PassThrough();
  const { promise: exited, resolve: exit } = Promise.withResolvers<number>();
  const never = Promise.withResolvers<void>();
  const stopping = stop({ [Symbol.asyncDispose]: () => never.promise }, { stderr }, exit, 10);
  assert.equal(await exited, 1);
  assert.match(String(stderr.read()), /didn't stop within 0.01 seconds/);
  never.resolve();
  await stopping;
});
