/** Both halves together: logs and commands, with back-pressure in every direction. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { EngineLogLine } from '#domain/ports/engine.ts';
import type { ExecSession, ExecSpec, Target } from '#domain/ports/engine-launch.ts';
import { frame, jsonFrame, KIND } from '#engines/remote/frames.ts';
import { WINDOW_BYTES } from '#protocol/terminal-flow.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { FakeTerminal } from '../../../fakes/debug-engine.ts';
import { FakeEngine } from '../../../fakes/engine.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { eventually, type Halves, halves, halvesOf, rawConnection, soon } from './kit.ts';

const TARGET: Target = { desktopId: 'fry-00000' };
const OPTIONS = { follow: true, tailBytes: 1_000 };
/** More than the sockets and streams on the way hold. */
const HELD_BYTES = 4 * 1024 * 1024;

function lineOf(word: string): EngineLogLine {
  return { at: new Date(), stream: 'stdout', text: word };
}

class Talking extends FakeEngine {
  given = 0;
  aborted = false;
  override async *logs(_target: Target, _options?: object, signal?: AbortSignal): AsyncGenerator<EngineLogLine> {
    signal?.addEventListener('abort', () => (this.aborted = true));
    for (;;) {
      if (this.aborted) return;
      this.given += 1;
      yield lineOf(`${this.given} ${'x'.repeat(1_000)}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

test('a log is read no faster than its reader, who gets every line once', async () => {
  await using both = await halvesOf(new Talking());
  let next = 1;
  for await (const { text } of both.remote.logs(TARGET, OPTIONS, soon())) {
    assert.equal(text.split(' ')[0], String(next));
    if (next === 1) {
      let before = 0;
      await eventually('the engine waits', async () => {
        const still = both.engine.given === before;
        before = both.engine.given;
        await both.remote.ready();
        return still;
      });
      assert.ok(both.engine.given * 1_000 < HELD_BYTES, `${both.engine.given} lines were taken`);
    }
    next += 1;
    if (next > 3_000) break;
  }
  await eventually('the engine hears that its reader left', () => both.engine.aborted);
});

test('an abort ends a log without an error, with nothing after it', async () => {
  await using both = await halvesOf(new Talking());
  const abort = new AbortController();
  const lines: string[] = [];
  for await (const { text } of both.remote.logs(TARGET, OPTIONS, abort.signal)) {
    lines.push(text);
    abort.abort();
  }
  assert.equal(lines.length, 1);
  await eventually('the engine is aborted', () => both.engine.aborted);
});

test('a log that ends, or fails after some lines, does so for its reader', async () => {
  class Failing extends FakeEngine {
    override async *logs(): AsyncGenerator<EngineLogLine> {
      yield lineOf('last words');
      throw new DeskpodError('not_found', 'It was removed.');
    }
  }
  await using both = await halvesOf(new Failing());
  const lines: string[] = [];
  const reading = (async () => {
    for await (const { text } of both.remote.logs(TARGET, OPTIONS, soon())) lines.push(text);
  })();
  await assert.rejects(reading, failsWith('not_found'));
  assert.deepEqual(lines, ['last words']);
});

test('a log whose engine process ends fails with engine_unavailable', async () => {
  await using both = await halvesOf(new Talking());
  const reading = (async () => {
    for await (const line of both.remote.logs(TARGET, OPTIONS, soon()))
      if (line.text.startsWith('1 ')) void both.stop();
  })();
  await assert.rejects(reading, failsWith('engine_unavailable'));
});

async function terminal(
  both: Halves<FakeEngine>,
  spec: ExecSpec = { command: ['bash'], tty: { columns: 80, rows: 24 } },
): Promise<{ session: ExecSession; fake: FakeTerminal }> {
  both.engine.execWorks = true;
  const session = await both.remote.exec(TARGET, spec, soon());
  const last = both.engine.execs.at(-1);
  assert.ok(last);
  assert.deepEqual(last.spec, spec);
  return { session, fake: last.terminal };
}

test('a terminal has input, output, a size and an exit code', async () => {
  await using both = await halves();
  const { session, fake } = await terminal(both);
  assert.equal(session.stderr, null);
  fake.command.write('$ ');
  const [prompt] = await once(session.stream, 'data', { signal: soon() });
  assert.equal(String(prompt), '$ ');
  session.stream.write('ls\n');
  assert.equal(String((await once(fake.command, 'data', { signal: soon() }))[0]), 'ls\n');
  await session.resize({ columns: 100, rows: 30 });
  assert.deepEqual(fake.sizes, [{ columns: 100, rows: 30 }]);
  const ended = once(session.stream, 'end', { signal: soon() });
  fake.end(3);
  assert.equal(await session.exitCode, 3);
  await ended;
});

test('the end of the input leaves the output open', async () => {
  await using both = await halves();
  const { session, fake } = await terminal(both, { command: ['cat'], tty: null, env: { A: 'b' }, input: true });
  session.stream.end('x'.repeat(3_000_000));
  const read = await text(fake.command.iterator({ destroyOnReturn: false }));
  assert.equal(read.length, 3_000_000);
  fake.command.write('done');
  fake.end(0);
  assert.deepEqual([await text(session.stream), await session.exitCode], ['done', 0]);
});

/** With separate outputs, which a terminal does not have. */
class Separate extends FakeEngine {
  readonly out = duplexPair();
  readonly err = new PassThrough();
  override async exec(): Promise<ExecSession> {
    return { stream: this.out[0], stderr: this.err, resize: async () => {}, exitCode: Promise.resolve(0) };
  }
}

test('standard error is separate, and complete when it comes after the end of the output', async () => {
  await using both = await halvesOf(new Separate());
  const session = await both.remote.exec(TARGET, { command: ['x'], tty: null }, soon());
  assert.ok(session.stderr);
  session.stream.end();
  both.engine.out[1].resume();
  both.engine.out[1].end('out');
  assert.equal(await text(session.stream), 'out');
  both.engine.err.end('x'.repeat(300_000));
  assert.equal((await text(session.stderr)).length, 300_000);
});

test('output that is not read stops the command, and no input is lost meanwhile', async () => {
  await using both = await halves();
  const { session, fake } = await terminal(both);
  const piece = Buffer.alloc(64 * 1024);
  let sent = 0;
  while (sent < 2 * HELD_BYTES && fake.command.write(piece)) {
    sent += piece.length;
    await both.remote.ready();
  }
  assert.ok(sent < HELD_BYTES, `${sent} bytes were taken`);
  session.stream.write('q');
  assert.equal(String((await once(fake.command, 'data', { signal: soon() }))[0]), 'q');
  let got = 0;
  session.stream.on('data', (chunk: Buffer) => (got += chunk.length));
  fake.end(0);
  await once(session.stream, 'end', { signal: soon() });
  assert.equal(got, sent + piece.length);
});

test('input that the command does not read stops the writer, and leaving still ends the command', async () => {
  await using both = await halves();
  const { session, fake } = await terminal(both);
  const piece = Buffer.alloc(64 * 1024);
  let sent = 0;
  while (sent < 2 * HELD_BYTES && session.stream.write(piece)) {
    sent += piece.length;
    await both.remote.ready();
  }
  assert.ok(sent < HELD_BYTES, `${sent} bytes were taken`);
  await session.resize({ columns: 90, rows: 20 });
  assert.equal(fake.sizes.length, 1);
  session.stream.destroy();
  await once(fake.stream, 'close', { signal: soon() });
  fake.end(129);
  assert.equal(await session.exitCode, 129);
});

test('input beyond the window ends the command of a client that ignores it', async () => {
  await using both = await halves();
  both.engine.execWorks = true;
  const socket = rawConnection(both.socket);
  const spec = { command: ['bash'], tty: null };
  socket.write(jsonFrame(KIND.call, { method: 'exec', params: { target: TARGET, spec } }));
  await once(socket, 'data', { signal: soon() });
  for (let sent = 0; sent < 2 * WINDOW_BYTES; sent += 64 * 1024)
    socket.write(frame(KIND.input, Buffer.alloc(64 * 1024)));
  const [used] = both.engine.execs;
  assert.ok(used);
  await once(used.terminal.stream, 'close', { signal: soon() });
  used.terminal.end(null);
  socket.destroy();
});

test('the end of a connection ends its command', async () => {
  await using both = await halves();
  const { session, fake } = await terminal(both);
  const closed = once(fake.stream, 'close', { signal: soon() });
  await both.remote[Symbol.asyncDispose]();
  await closed;
  fake.end(null);
  assert.equal(await session.exitCode, null);
  assert.ok(session.stream.destroyed);
});

test('the end of the engine process breaks the output off, with an error', async () => {
  await using both = await halves();
  const { session, fake } = await terminal(both);
  const failed = once(session.stream, 'error', { signal: soon() });
  const stopping = both.stop();
  fake.end(null);
  assert.ok(failsWith('engine_unavailable')((await failed)[0]));
  assert.equal(await session.exitCode, null);
  await stopping;
});

test('an abort during the start fails with its reason, and one afterwards reaches the engine', async () => {
  class Starting extends FakeEngine {
    readonly signals: AbortSignal[] = [];
    waits = true;
    override async exec(target: Target, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
      this.signals.push(signal);
      if (this.waits) await once(signal, 'abort').then(() => Promise.reject(signal.reason));
      this.execWorks = true;
      return super.exec(target, spec, signal);
    }
  }
  await using both = await halvesOf(new Starting());
  const spec = { command: ['bash'], tty: null };
  const early = new AbortController();
  const opening = both.remote.exec(TARGET, spec, early.signal);
  await eventually('it starts', () => both.engine.signals.length === 1);
  early.abort(new Error('too slow'));
  await assert.rejects(opening, /too slow/);
  both.engine.waits = false;
  const late = new AbortController();
  const session = await both.remote.exec(TARGET, spec, late.signal);
  late.abort();
  await eventually('the engine hears it', () => both.engine.signals[1]?.aborted === true);
  session.stream.destroy();
  both.engine.execs[0]?.terminal.end(0);
});

test('a command that the engine refuses fails as the engine says', async () => {
  await using both = await halves();
  const opening = both.remote.exec(TARGET, { command: ['bash'], tty: null }, soon());
  await assert.rejects(opening, failsWith('internal_error', /runs nothing/));
});
