/** Inspect: letters of namespaces, comparison of containers, layout of the diagram, states and orders. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Inspection, type InspectedContainer, type InspectedProcess, Namespaces } from '#protocol/inspect.ts';
import { array, assert as check, integer, property, record } from 'fast-check';
import { isNearlyFull } from '../../../web/desktop/fullness.ts';
import { objectsOf, ordered, sorted, stateOf, turned } from '../../../web/inspect/inspect-model.ts';
import { chosenTwo, compared, KINDS, lettered, letterOf } from '../../../web/inspect/namespaces.ts';
import { CARD, diagramOf } from '../../../web/inspect/diagram.ts';
import { en } from '../../../web/ui/strings/en/strings.ts';
import { anInspectedContainer as container } from '../../fixtures/inspected-container.ts';

const words = en.inspect;

const namespaces = (...rows: readonly (readonly [name: string, ids: Record<string, string | null>])[]): Namespaces => {
  const none = Object.fromEntries(KINDS.map((kind) => [kind, null]));
  return Namespaces.parse({ containers: rows.map(([name, ids]) => ({ name, ids: { ...none, ...ids } })) });
};

test('a namespace has one letter, by first appearance and per kind', () => {
  const rows = lettered(
    namespaces(['desk', { net: '41', mnt: '1' }], ['app', { net: '41', mnt: '2' }], ['pod', { net: '77', mnt: '3' }]),
  );
  const letters = (kind: string) => rows.map(({ cells }) => cells.find((cell) => cell.kind === kind)?.letter);
  assert.deepEqual(letters('net'), ['A', 'A', 'B']);
  assert.deepEqual(letters('mnt'), ['A', 'B', 'C']);
  assert.deepEqual(letters('user'), [null, null, null], 'an unreadable one has no letter');
  const shared = rows.map(({ cells }) => cells.find((cell) => cell.kind === 'net')?.shared);
  assert.deepEqual(shared, [true, true, false]);
});

test('letters continue after Z', () => {
  assert.deepEqual([0, 25, 26, 27, 701, 702].map(letterOf), ['A', 'Z', 'AA', 'AB', 'ZZ', 'AAA']);
});

test('two containers are compared in a sentence: shared, own and unreadable namespaces', () => {
  const all = namespaces(
    ['app', { net: '1', ipc: '2', uts: '3', mnt: '4', pid: '5' }],
    ['box', { net: '1', ipc: '2', uts: '3', mnt: '9', pid: '8' }],
  );
  const pair = compared(all, 'app', 'box');
  assert.ok(pair);
  assert.equal(
    words.pair('app', 'box', pair),
    'app and box share net, ipc, and uts. Each has its own mnt and pid. Not readable: user and cgroup.',
  );
  assert.equal(compared(all, 'app', 'gone'), null);
});

test('selecting a third row deselects the first; selecting one again deselects it', () => {
  assert.deepEqual(chosenTwo(['a', 'b'], 'c'), ['b', 'c']);
  assert.deepEqual(chosenTwo(['a', 'b'], 'a'), ['b']);
});

test('the diagram has one frame for the desktop and one per container outside it; finished ones are counted', () => {
  const picture = diagramOf(
    [
      container('desk', { kind: 'service' }),
      container('app'),
      container('pod', { place: 'beside' }),
      container('old', { state: 'finished', exitCode: 1 }),
    ],
    namespaces(['desk', { net: '1' }], ['app', { net: '1' }], ['pod', { net: '2' }]),
  );
  assert.deepEqual(
    picture.frames.map(({ kind }) => kind),
    ['desktop', 'beside'],
  );
  assert.equal(picture.finished, 1);
  assert.deepEqual(
    picture.lines.map(({ kind, at }) => [kind, at]),
    [['net', 0]],
    'a line joins only what is shared',
  );
  const [line] = picture.lines;
  assert.equal(line?.round, false);
  const dots = picture.dots.filter(({ kind }) => kind === 'net');
  assert.deepEqual([line?.from, line?.to], [dots[0]?.y, dots[1]?.y]);
});

test('a line bends around dots of other namespaces', () => {
  const { lines } = diagramOf(
    [container('a'), container('b'), container('c')],
    namespaces(['a', { pid: '1' }], ['b', { pid: '2' }], ['c', { pid: '1' }]),
  );
  assert.deepEqual(
    lines.map(({ kind, round }) => [kind, round]),
    [['pid', true]],
  );
});

test('a diagram without namespaces shows only containers', () => {
  const picture = diagramOf([container('app')], null);
  assert.deepEqual([picture.cards.length, picture.dots.length, picture.lines.length], [1, 0, 0]);
});

test('cards never overlap and stay within the diagram', () => {
  const one = record({ beside: integer({ min: 0, max: 1 }), state: integer({ min: 0, max: 2 }) });
  check(
    property(array(one, { maxLength: 30 }), (all) => {
      const states = ['running', 'waiting', 'finished'] as const;
      const { cards, height, frames } = diagramOf(
        all.map(({ beside, state }, at) =>
          container(`c${at}`, { place: beside === 1 ? 'beside' : 'inside', state: states[state] ?? 'running' }),
        ),
        null,
      );
      for (const [at, card] of cards.entries()) {
        const next = cards[at + 1];
        assert.ok(card.y + CARD.height <= height);
        assert.ok(!next || next.y >= card.y + CARD.height);
        assert.ok(frames.some(({ y, height: tall }) => card.y > y && card.y + CARD.height < y + tall));
      }
    }),
  );
});

test('a container’s state is a text; an exit code is shown only for failures', () => {
  const of = (changed: Partial<InspectedContainer>) => stateOf(container('a', changed), words.states);
  assert.deepEqual(of({}), { text: 'running', tone: 'ok' });
  assert.deepEqual(of({ state: 'finished', exitCode: 0, reason: 'Completed' }), { text: 'finished', tone: '' });
  assert.deepEqual(of({ state: 'finished', exitCode: 139, reason: 'Error' }), { text: 'exit 139', tone: 'bad' });
  assert.equal(of({ state: 'waiting', reason: 'ImagePullBackOff' }).tone, 'bad');
  assert.equal(of({ state: 'waiting', reason: 'ContainerCreating' }).tone, 'accent');
});

test('running containers come first, services before apps, newer finished ones before older ones', () => {
  const names = ordered([
    container('old', { state: 'finished', since: '2026-01-01T00:00:00Z' }),
    container('new', { state: 'finished', since: '2026-01-02T00:00:00Z' }),
    container('app'),
    container('desk', { kind: 'service' }),
    container('pulling', { state: 'waiting' }),
  ]).map(({ name }) => name);
  assert.deepEqual(names, ['desk', 'app', 'pulling', 'new', 'old']);
});

test('a warning is due from two thirds of either limit on, and never without a limit', () => {
  const at = (finished: number, most: number | null, bytes: number | null) =>
    isNearlyFull({ entries: { finished, most }, size: bytes === null ? null : { bytes, most: 900 } });
  assert.equal(at(19, 30, 100), false);
  assert.equal(at(20, 30, 100), true);
  assert.equal(at(0, 30, 600), true);
  assert.equal(at(5000, null, null), false);
});

test('processes are ordered by any column; CPU and memory begin with the largest, a second click reverses', () => {
  const process = (pid: number, cpu: number): InspectedProcess => ({
    pid,
    parent: 0,
    container: null,
    uid: 0,
    state: 'S',
    cpu,
    memoryBytes: 0,
    command: `p${pid}`,
  });
  const all = [process(1, 0.1), process(2, 0.9), process(3, 0.1)];
  const byCpu = turned({ by: 'pid', down: false }, 'cpu');
  assert.deepEqual(
    sorted(all, byCpu).map(({ pid }) => pid),
    [2, 1, 3],
    'equal ones are sorted by pid',
  );
  assert.deepEqual(
    sorted(all, turned(byCpu, 'cpu')).map(({ pid }) => pid),
    [1, 3, 2],
  );
  assert.deepEqual(turned(byCpu, 'command'), { by: 'command', down: false });
});

test('the desktop and each launch in its own pod can be described', () => {
  const { containers } = Inspection.parse({
    desktopId: 'd',
    userId: 'u',
    containers: [container('a'), container('b', { place: 'beside', launchId: 'b' })],
    entries: { finished: 0, most: null },
    size: null,
  });
  assert.deepEqual(objectsOf({ containers }), ['', 'b']);
});
