/** Keys across lost connections: typed keys arrive once, in order, with held modifiers; none stays pressed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { KeyQueue, type KeySink, LONGEST_WAIT_MS } from '../../../web/screen/key-queue.ts';
import { isModifier, type KeyItem } from '../../../web/screen/key-item.ts';

const MODIFIERS = ['Shift', 'Control', 'Alt'] as const;
type Modifier = (typeof MODIFIERS)[number];

function stroke(key: string, down: boolean): KeyItem {
  const flags = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, altGraph: false };
  const rest = { keyCode: 0, location: 0, repeat: false, capsLock: false, numLock: false };
  return { kind: 'stroke', stroke: { key, code: `code ${key}`, ...flags, ...rest }, down };
}

/** A desktop that accepts messages from connections, and releases the keys of a connection when it ends. */
class Desktop {
  /** Every pressed key, with the modifiers that were pressed at that time. */
  readonly typed: string[] = [];
  readonly down = new Set<string>();
  unbalanced = 0;

  take(item: KeyItem): void {
    if (item.kind !== 'stroke') return;
    const { key } = item.stroke;
    if (!item.down) {
      if (!this.down.delete(key)) this.unbalanced += 1;
      return;
    }
    if (this.down.has(key)) this.unbalanced += 1;
    this.down.add(key);
    if (!isModifier(key)) this.typed.push(withModifiers(key, this.down));
  }

  release(): void {
    this.down.clear();
  }
}

function withModifiers(key: string, down: ReadonlySet<string>): string {
  return [...MODIFIERS.filter((one) => down.has(one)), key].join('+');
}

/** A connection on which the desktop has read only a part of the written messages. */
class Connection implements KeySink {
  readonly wire: KeyItem[] = [];
  open = true;
  writable = (): boolean => this.open;
  written = (): number => this.wire.length;
  deliver(item: KeyItem): void {
    this.wire.push(item);
  }
}

type Step =
  | { readonly do: 'type' }
  | { readonly do: 'toggle'; readonly modifier: Modifier }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'connect' }
  /** `share` of the written bytes has been read; an orderly close reports how much. */
  | { readonly do: 'lose'; readonly share: number; readonly orderly: boolean };

function steps(outages: { longestMs: number; orderly: boolean }) {
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant<Step>({ do: 'type' }) },
      { weight: 4, arbitrary: fc.constantFrom(...MODIFIERS).map((modifier): Step => ({ do: 'toggle', modifier })) },
      { weight: 2, arbitrary: fc.nat(outages.longestMs).map((ms): Step => ({ do: 'wait', ms })) },
      { weight: 2, arbitrary: fc.constant<Step>({ do: 'connect' }) },
      {
        weight: 2,
        arbitrary: fc
          .double({ min: 0, max: 1, noNaN: true })
          .map((share): Step => ({ do: 'lose', share, orderly: outages.orderly })),
      },
    ),
    { maxLength: 120 },
  );
}

/** Plays it; returns the typed keys, those that the desktop received, and those that may be lost. */
function play(script: readonly Step[]) {
  const desktop = new Desktop();
  const typed: string[] = [];
  const held = new Set<string>();
  const lost = new Set<string>();
  let clock = 0;
  let notes = 0;
  let connection: Connection | null = null;
  const line = new KeyQueue({ now: () => clock, dropped: () => (notes += 1) });
  const connect = (): void => {
    if (connection) return;
    connection = new Connection();
    line.connected(connection);
  };
  const end = (share: number, orderly: boolean): void => {
    if (!connection) return;
    const read = Math.floor(share * connection.wire.length);
    connection.open = false;
    for (const item of connection.wire.slice(0, read)) desktop.take(item);
    if (!orderly) {
      for (const item of connection.wire.slice(read)) if (item.kind === 'stroke') lost.add(item.stroke.key);
    }
    desktop.release();
    line.lost(connection, orderly ? read : null);
    connection = null;
  };
  for (const step of script) {
    if (step.do === 'wait') clock += step.ms;
    else if (step.do === 'connect') connect();
    else if (step.do === 'lose') end(step.share, step.orderly);
    else if (step.do === 'toggle') {
      const down = !held.has(step.modifier);
      if (down) held.add(step.modifier);
      else held.delete(step.modifier);
      line.push(stroke(step.modifier, down));
    } else {
      const key = `k${typed.length}`;
      typed.push(withModifiers(key, held));
      line.push(stroke(key, true));
      line.push(stroke(key, false));
    }
  }
  for (const modifier of held) line.push(stroke(modifier, false));
  connect();
  end(1, true);
  return { typed, desktop, lost, notes };
}

test('if connections close cleanly and return in time, the desktop receives what was typed', () => {
  fc.assert(
    fc.property(steps({ longestMs: 40, orderly: true }), (script) => {
      const { typed, desktop, notes } = play(script);
      assert.deepEqual(desktop.typed, typed);
      assert.equal(desktop.unbalanced, 0);
      assert.equal(notes, 0);
    }),
    { numRuns: 2_000 },
  );
});

test('if a connection breaks, only its unread end is missing, and nothing arrives twice', () => {
  fc.assert(
    fc.property(steps({ longestMs: 40, orderly: false }), (script) => {
      const { typed, desktop, lost } = play(script);
      const keys = (list: readonly string[]): (string | undefined)[] => list.map((one) => one.split('+').at(-1));
      const missing = keys(typed).filter((key) => !keys(desktop.typed).includes(key));
      assert.ok(missing.every((key) => key !== undefined && lost.has(key)));
      assert.deepEqual(
        keys(desktop.typed),
        keys(typed).filter((key) => !missing.includes(key)),
      );
      assert.equal(desktop.unbalanced, 0);
    }),
    { numRuns: 1_000 },
  );
});

test('keys that waited too long are dropped with a notice, later ones arrive as typed', () => {
  fc.assert(
    fc.property(steps({ longestMs: 3 * LONGEST_WAIT_MS, orderly: true }), (script) => {
      const { typed, desktop, notes } = play(script);
      let at = -1;
      for (const one of desktop.typed) {
        const next = typed.indexOf(one, at + 1);
        assert.ok(next > at, `${one} came twice, out of order or with other modifiers`);
        at = next;
      }
      if (desktop.typed.length < typed.length) assert.ok(notes > 0, 'nothing was reported');
      assert.equal(desktop.unbalanced, 0);
    }),
    { numRuns: 2_000 },
  );
});

test('keys wait for five seconds, then all are dropped', () => {
  for (const [waits, arrives] of [
    [LONGEST_WAIT_MS, ['k1', 'k2']],
    [LONGEST_WAIT_MS + 1, []],
  ] as const) {
    const sink = new Connection();
    const dropped: string[] = [];
    let clock = 0;
    const line = new KeyQueue({ now: () => clock, dropped: () => dropped.push('dropped') });
    line.push(stroke('k1', true));
    clock = waits;
    line.push(stroke('k2', true));
    line.connected(sink);
    assert.deepEqual(
      sink.wire.map((item) => item.kind === 'stroke' && item.stroke.key),
      arrives,
    );
    assert.equal(dropped.length, arrives.length === 0 ? 1 : 0);
    line.push(stroke('k3', true));
    assert.equal(sink.wire.length, arrives.length + 1, 'with a connection keys pass again');
  }
});

test('a modifier released without a connection is not tapped', () => {
  const line = new KeyQueue({ now: () => 0, dropped: () => {} });
  const [first, second] = [new Connection(), new Connection()];
  line.connected(first);
  line.push(stroke('Alt', true));
  first.open = false;
  line.lost(first, null);
  line.push(stroke('Alt', false));
  line.connected(second);
  assert.deepEqual(second.wire, []);
});

test('a modifier still held is pressed on the next connection', () => {
  const line = new KeyQueue({ now: () => 0, dropped: () => {} });
  const [first, second] = [new Connection(), new Connection()];
  line.connected(first);
  line.push(stroke('Control', true));
  line.lost(first, null);
  line.connected(second);
  line.push(stroke('c', true));
  assert.deepEqual(second.wire, [stroke('Control', true), stroke('c', true)]);
});

test('text for the clipboard keeps its position among the keys', () => {
  const line = new KeyQueue({ now: () => 0, dropped: () => {} });
  const sink = new Connection();
  const items: KeyItem[] = [stroke('a', true), { kind: 'text', text: 'pasted' }, stroke('v', true)];
  for (const item of items) line.push(item);
  line.connected(sink);
  assert.deepEqual(sink.wire, items);
});

/** A connected queue, and what the desktop has received of it. */
function connected() {
  const connection = new Connection();
  const queue = new KeyQueue({ now: () => 0, dropped: () => assert.fail('keys were dropped') });
  queue.connected(connection);
  const received = (): string[] =>
    connection.wire.map((item) => (item.kind === 'stroke' ? `${item.stroke.key} ${item.down}` : item.kind));
  return { queue, received };
}

test('held keys wait for what must arrive before them, and keep their order', () => {
  const { queue, received } = connected();
  queue.push(stroke('Control', true));
  const [first, second] = [queue.hold(), queue.hold()];
  queue.push(stroke('v', true));
  queue.push(stroke('v', false));
  first.release();
  first.release();
  assert.deepEqual(received(), ['Control true']);
  second.release();
  queue.push(stroke('Control', false));
  assert.deepEqual(received(), ['Control true', 'v true', 'v false', 'Control false']);
});

test('of dropped keys, none stays pressed in the desktop, and modifiers stay as they are', () => {
  const { queue, received } = connected();
  queue.push(stroke('Control', true));
  const keys = queue.hold();
  for (const down of [true, false]) queue.push(stroke('v', down));
  queue.push(stroke('Control', false));
  queue.push(stroke('Shift', true));
  keys.drop();
  queue.push(stroke('a', true));
  assert.deepEqual(received(), ['Control true', 'Control false', 'Shift true', 'a true']);
});

test('held keys also wait for the next connection', () => {
  const queue = new KeyQueue({ now: () => 0, dropped: () => {} });
  const keys = queue.hold();
  queue.push(stroke('v', true));
  const connection = new Connection();
  queue.connected(connection);
  assert.equal(connection.wire.length, 0);
  keys.release();
  assert.equal(connection.wire.length, 1);
});
