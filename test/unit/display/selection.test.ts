/** Transfers of the clipboard with programs that refuse, lie about lengths, send without end or ask without end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnedSelection } from '#display/selection-own.ts';
import { readSelection } from '#display/selection-read.ts';
import { DeskpodError } from '#domain/errors.ts';
import { FakeSelection } from '../../fakes/selection.ts';

const LIMIT = 1000;

function read(x: FakeSelection, closed = new AbortController().signal) {
  return readSelection(x, x.atoms, { target: x.number('image/png'), maxBytes: LIMIT, closed });
}

const failsWith = (code: string) => (error: unknown) => error instanceof DeskpodError && error.code === code;

/** An owner that sends its answer in pieces; it announces `announced` bytes. */
function inPieces(x: FakeSelection, pieces: Iterator<Buffer>, announced: number): void {
  const type = x.number('image/png');
  const words = Buffer.alloc(4);
  words.writeUInt32LE(announced);
  x.owner = (requestor, target, property) => {
    x.put(requestor, property, { type: x.number('INCR'), format: 32, data: words });
    x.notify(requestor, target, property);
  };
  x.deleted = (window, property) => {
    const { value, done } = pieces.next();
    if (!done && x.windows.has(window)) queueMicrotask(() => x.put(window, property, { type, format: 8, data: value }));
  };
}

test('what is sent in pieces is put together, and its window is removed', async () => {
  const x = new FakeSelection();
  inPieces(x, [Buffer.from('one '), Buffer.from('two'), Buffer.alloc(0)].values(), 1);
  assert.equal((await read(x))?.data.toString(), 'one two');
  assert.equal(x.windows.size, 0);
});

test('an owner that refuses, or sends nothing, has nothing', async () => {
  const x = new FakeSelection();
  x.owner = (requestor, target) => x.notify(requestor, target, 0);
  assert.equal(await read(x), null);
  x.owner = (requestor, target, property) => x.notify(requestor, target, property);
  assert.equal(await read(x), null);
  inPieces(x, [Buffer.alloc(0)].values(), 10);
  assert.equal(await read(x), null);
});

test('an owner that announces or sends more than the limit is refused at once', async () => {
  const x = new FakeSelection();
  inPieces(x, [Buffer.alloc(1)].values(), LIMIT + 1);
  await assert.rejects(read(x), failsWith('payload_too_large'));
  const whole = { type: x.number('image/png'), format: 8, data: Buffer.alloc(LIMIT + 1) };
  x.owner = (requestor, target, property) => {
    x.put(requestor, property, whole);
    x.notify(requestor, target, property);
  };
  await assert.rejects(read(x), failsWith('payload_too_large'));
  let sent = 0;
  const endless = (function* (): Generator<Buffer> {
    for (;;) {
      sent += 1;
      yield Buffer.alloc(100);
    }
  })();
  inPieces(x, endless, 1);
  await assert.rejects(read(x), failsWith('payload_too_large'));
  assert.ok(sent <= LIMIT / 100 + 1, `${sent} pieces were read`);
  assert.equal(x.windows.size, 0);
});

test('answers to another request don’t count', async () => {
  const x = new FakeSelection();
  x.owner = (requestor, target, property) => {
    x.notify(requestor + 1, target, property);
    x.notify(requestor, target + 1, property);
    x.put(requestor, property, { type: target, format: 8, data: Buffer.from('this one') });
    x.notify(requestor, target, property);
  };
  assert.equal((await read(x))?.data.toString(), 'this one');
});

test('a connection that closes ends the read with its reason', async () => {
  const x = new FakeSelection();
  const closing = new AbortController();
  x.owner = () => closing.abort(new DeskpodError('desktop_missing', 'closed'));
  await assert.rejects(read(x, closing.signal), failsWith('desktop_missing'));
});

function owned(x: FakeSelection, bytes: number): OwnedSelection {
  const offer = { id: '1', types: ['image/png' as const], from: null, fresh: true };
  return new OwnedSelection(x, x.atoms, 5, offer, [{ type: 'image/png', data: Buffer.alloc(bytes, 'x') }]);
}

function request(x: FakeSelection, target: 'image/png' | 'text/html' | 'TARGETS', requestor = 7) {
  return { requestor, selection: x.number('CLIPBOARD'), target: x.number(target), property: 50, time: 3 };
}

test('programs get the list of forms and each form of it, and a refusal for others', async () => {
  const x = new FakeSelection();
  const values: Buffer[] = [];
  x.changed = (_window, { data }) => values.push(data) > 0;
  const selection = owned(x, 3);
  for (const target of ['TARGETS', 'image/png', 'text/html'] as const) await selection.answer(request(x, target));
  const names = Array.from({ length: 3 }, (_, index) => x.atoms.name(values[0]?.readUInt32LE(index * 4) ?? 0));
  assert.deepEqual(names, ['TARGETS', 'TIMESTAMP', 'image/png']);
  assert.equal(values[1]?.toString(), 'xxx');
  assert.deepEqual(
    x.notified.map(({ property }) => property),
    [50, 50, 0],
  );
});

test('a large form goes in pieces, each after the program has read the one before, and an empty one ends it', async () => {
  const x = new FakeSelection();
  const sizes: number[] = [];
  x.changed = (window, { data, format }) => {
    sizes.push(format === 32 ? -data.readUInt32LE() : data.length);
    const read = { name: 'PropertyNotify', wid: window, atom: 50, state: 1 };
    if (data.length > 0) setImmediate(() => x.emit(read));
    return true;
  };
  await owned(x, 600_000).answer(request(x, 'image/png'));
  assert.deepEqual(sizes, [-600_000, 245_760, 245_760, 108_480, 0]);
});

test('a program that asks for more at once than it reads is refused', async () => {
  const x = new FakeSelection();
  const selection = owned(x, 3);
  await Promise.all(Array.from({ length: 20 }, (_, index) => selection.answer(request(x, 'image/png', index + 10))));
  assert.equal(x.notified.filter(({ property }) => property === 0).length, 4);
});
