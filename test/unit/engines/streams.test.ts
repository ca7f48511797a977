/** The streams of a command on one connection to its engine. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { wholeStream, unframed } from '#containers-client/frames.ts';

function frame(kind: 1 | 2, data: string | Buffer): Buffer {
  const header = Buffer.from([kind, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, Buffer.from(data)]);
}

test('standard output and standard error are separate, also after the end of input', async () => {
  const [raw, engine] = duplexPair();
  const { stream, stderr } = unframed(raw);
  assert.ok(stderr);
  const [out, err] = [text(stream), text(stderr)];
  stream.end('in');
  assert.equal(await text(engine.iterator({ destroyOnReturn: false })), 'in');
  engine.write(frame(1, 'out 1 '));
  engine.write(frame(2, 'err'));
  engine.end(frame(1, 'out 2'));
  assert.deepEqual([await out, await err], ['out 1 out 2', 'err']);
});

test('while one of them is not read, the engine waits', async () => {
  const [raw, engine] = duplexPair();
  const { stream, stderr } = unframed(raw);
  stream.resume();
  const piece = frame(2, Buffer.alloc(16 * 1024));
  let sent = 0;
  while (sent < 100 && engine.write(piece)) {
    sent += 1;
    await turn();
  }
  assert.ok(sent < 100, 'the writer was not paused');
  stderr?.resume();
  if (engine.writableNeedDrain) await once(engine, 'drain', { signal: AbortSignal.timeout(5000) });
  stream.destroy();
  assert.equal(stderr?.destroyed, true);
});

test('input with its own channel is not sent on the connection, which gets the end of input at once', async () => {
  const [raw, engine] = duplexPair();
  const { stream, feed } = unframed(raw);
  const pipe = new PassThrough();
  feed(pipe);
  const [heard, read] = [text(engine.iterator({ destroyOnReturn: false })), text(pipe)];
  stream.end('words');
  assert.deepEqual([await heard, await read], ['', 'words']);
});

test('an engine that closes the connection during input has sent all output', async () => {
  const [raw, engine] = duplexPair();
  const { stream } = wholeStream(raw);
  engine.write('last');
  const out = text(stream);
  await turn();
  raw.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  assert.equal(await out, 'last');
  // Further input causes no error.
  await new Promise((resolve) => stream.write('more', resolve));
});

test('a broken connection ends the stream with its error', async () => {
  const [raw] = duplexPair();
  const { stream } = wholeStream(raw);
  raw.destroy(new Error('cable pulled'));
  await assert.rejects(text(stream), /cable pulled/);
});
