/** A shared terminal: earlier output, input of all participants, the smallest size, and its recording. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ParticipantEvents, SharedTerminal, withoutOverlap } from '#domain/debug/shared-terminal.ts';
import { TerminalSessions } from '#domain/debug/terminals.ts';
import { Transcript } from '#domain/debug/transcript.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { FakeTerminal } from '../../../fakes/debug-engine.ts';
import { eventually } from '../../../fakes/launches.ts';

const SIZE = { columns: 100, rows: 40 };

const fail = (error: unknown): void => assert.ifError(error);

/** Collects the output of a participant. */
function shown(seat: { stream: NodeJS.ReadableStream }): { text: () => string } {
  const pieces: Buffer[] = [];
  seat.stream.on('data', (piece: Buffer) => pieces.push(piece));
  return { text: () => Buffer.concat(pieces).toString() };
}

test('a later participant receives all output from the start, then the live output', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine);
  const first = shown(shared.join(SIZE, 'one'));
  engine.command.write('first ');
  await eventually(() => first.text() === 'first ' || undefined);
  const second = shown(shared.join(SIZE, 'one'));
  engine.command.write('second');
  await eventually(() => second.text() === 'first second' || undefined);
  assert.equal(first.text(), 'first second');
});

test('the input of all participants reaches the command, and leaving ends nothing', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine);
  let typed = '';
  engine.command.on('data', (piece: Buffer) => (typed += piece.toString()));
  const [one, two] = [shared.join(SIZE, 'a'), shared.join(SIZE, 'b')];
  one.stream.write('ls');
  await eventually(() => typed === 'ls' || undefined);
  two.stream.write('\r');
  await eventually(() => typed === 'ls\r' || undefined);
  one.stream.destroy();
  assert.equal(await one.exitCode, null);
  const other = shown(two);
  engine.command.write('still here');
  await eventually(() => other.text() === 'still here' || undefined);
});

test('the terminal has the size of the smallest participant, and all know their number', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine);
  const one = shared.join({ columns: 120, rows: 30 }, 'a');
  const news: ParticipantEvents[] = [];
  one.onNews((item) => news.push(item));
  const two = shared.join({ columns: 90, rows: 50 }, 'b');
  two.stream.destroy();
  await eventually(() => news.length === 3 || undefined);
  assert.deepEqual(engine.sizes, [
    { columns: 80, rows: 24 },
    { columns: 120, rows: 30 },
    { columns: 90, rows: 30 },
    { columns: 120, rows: 30 },
  ]);
  assert.deepEqual(
    news.map((item) => item.type === 'people' && item.count),
    [1, 2, 1],
  );
});

test('all participants receive the end with the exit code', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine);
  const seat = shared.join(SIZE, 'a');
  shown(seat);
  engine.end(7);
  assert.equal(await shared.over, 7);
  assert.equal(await seat.exitCode, 7);
});

test('an existing terminal shows its earlier output and is redrawn', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine, { past: Buffer.from('$ top\r\n'), redraw: true });
  const seat = shown(shared.join(SIZE, 'a'));
  await eventually(() => seat.text() === '$ top\r\n' || undefined);
  await eventually(() => engine.sizes.length === 3 || undefined);
  assert.deepEqual(engine.sizes.slice(1), [
    { columns: 100, rows: 39 },
    { columns: 100, rows: 40 },
  ]);
});

test('output that is both in the log and live is shown once', () => {
  const cut = (log: string, live: string) => withoutOverlap(Buffer.from(log), Buffer.from(live)).toString();
  assert.equal(cut('one two', 'two three'), 'one ');
  assert.equal(cut('one two', 'three'), 'one two');
  assert.equal(cut('', 'three'), '');
});

test('a participant that reads nothing pauses the command', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine);
  shared.join(SIZE, 'a');
  const piece = Buffer.alloc(256 * 1024);
  let written = 0;
  while (written < 64 * 1024 * 1024 && engine.command.writableLength < 1024 * 1024) {
    engine.command.write(piece);
    written += piece.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(written < 64 * 1024 * 1024);
});

test('participants are warned two minutes before the end, again when it moves, and also those who join later', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const room = new TerminalSessions(new SharedTerminal(new FakeTerminal()));
  const session = aSession({ status: { state: 'running', endsAt: new Date(3_600_000).toISOString() } });
  room.admit(session, null);
  const news: string[] = [];
  const listen = (item: ParticipantEvents): void => {
    if (item.type === 'ending') news.push(item.endsAt);
  };
  room.join(session.id, SIZE).onNews(listen);
  t.mock.timers.tick(3_479_000);
  assert.deepEqual(news, []);
  t.mock.timers.tick(2_000);
  assert.deepEqual(news, [new Date(3_600_000).toISOString()]);
  room.join(session.id, SIZE).onNews(listen);
  assert.equal(news.length, 2);
  room.renew({ ...session, status: { state: 'running', endsAt: new Date(7_200_000).toISOString() } });
  t.mock.timers.tick(3_600_000);
  assert.deepEqual(news.slice(2), [new Date(7_200_000).toISOString(), new Date(7_200_000).toISOString()]);
});

test('the recording holds output and sizes as asciicast, never input', async () => {
  const engine = new FakeTerminal();
  const shared = new SharedTerminal(engine);
  let kept = '';
  const transcript = new Transcript({
    startedAt: new Date(),
    title: 'leela in fry-1',
    started: false,
    write: async (text) => {
      kept += text;
      return true;
    },
    failed: fail,
  });
  shared.listen(transcript);
  const seat = shared.join(SIZE, 'a');
  const view = shown(seat);
  const euro = Buffer.from('€');
  engine.command.write(euro.subarray(0, 1));
  engine.command.write(Buffer.concat([euro.subarray(1), Buffer.from('\r\n')]));
  engine.command.resume();
  seat.stream.write('secret');
  await eventually(() => view.text() === '€\r\n' || undefined);
  await seat.resize({ columns: 80, rows: 20 });
  await transcript.end();
  const [header, ...events] = kept
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  assert.deepEqual(Object.entries(header ?? {}).slice(0, 3), [
    ['version', 2],
    ['width', 80],
    ['height', 24],
  ]);
  const pairs = events.map((event) => (Array.isArray(event) ? [event[1], event[2]] : []));
  assert.equal(pairs.flatMap(([code, data]) => (code === 'o' ? String(data) : [])).join(''), '€\r\n');
  assert.deepEqual(pairs.at(-1), ['r', '80x20']);
  assert.doesNotMatch(kept, /secret/);
});

test('a full recording does not grow', async () => {
  let writes = 0;
  const transcript = new Transcript({
    startedAt: new Date(),
    title: 'x',
    started: true,
    write: async () => {
      writes += 1;
      return false;
    },
    failed: fail,
  });
  transcript.output(Buffer.alloc(70_000, 'x'));
  await transcript.end();
  transcript.output(Buffer.alloc(70_000, 'x'));
  await transcript.end();
  assert.equal(writes, 1);
});

function aSession(changes: Partial<DebugSession>): DebugSession {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    kind: 'toolbox',
    by: { id: 'leela', name: 'Leela' },
    userId: 'fry',
    desktopId: 'fry-00001',
    launchId: null,
    appName: null,
    target: null,
    name: 'debugger-00001',
    image: 'toolbox',
    profile: 'restricted',
    reused: false,
    reason: 'slow',
    grant: 'consent',
    grantedBy: 'fry',
    status: { state: 'starting', detail: null },
    askedAt: new Date(0).toISOString(),
    startedAt: null,
    transcript: false,
    seen: true,
    ...changes,
  };
}
