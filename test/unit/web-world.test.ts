/** What each event changes in the picture the UI has of the desktop, and the board of notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import { boardWithWaiting } from '../../web/state/waiting-board.ts';
import { changeWorld, dismiss, emptyBoard, emptyWorld, post } from '../../web/state/world.ts';

const launch = (id: string, startedAt: string, status: Launch['status'] = { state: 'running' }): Launch => ({
  id,
  userId: 'hermes',
  desktopId: 'd',
  appId: 'a',
  appName: 'A',
  runtime: 'pod_application',
  status,
  startedAt,
  windowMs: null,
  limits: {},
  image: 'a',
  imageDigest: null,
  args: [],
});
const notice = (id: string): Notice => ({
  id,
  level: 'info',
  text: id,
  launchId: null,
  at: '2026-01-01T00:00:00Z',
});

test('launches are newest first, a changed one replaces its older self', () => {
  const [old, young] = [launch('old', '2026-01-01T00:00:00Z'), launch('young', '2026-01-01T00:00:02Z')];
  let world = changeWorld(emptyWorld, { type: 'launches', launches: [old, young] });
  world = changeWorld(world, { type: 'launch', launch: { ...old, status: { state: 'stopping' } } });
  world = changeWorld(world, { type: 'launch', launch: launch('middle', '2026-01-01T00:00:01Z') });
  assert.deepEqual(
    world.launches.map(({ id, status }) => [id, status.state]),
    [
      ['young', 'running'],
      ['middle', 'running'],
      ['old', 'stopping'],
    ],
  );
  assert.equal(changeWorld(world, { type: 'launch_removed', id: 'middle' }).launches.length, 2);
});

test('a part that an event does not touch stays the same object', () => {
  const world = changeWorld(emptyWorld, { type: 'launches', launches: [launch('a', '2026-01-01T00:00:00Z')] });
  assert.equal(changeWorld(world, { type: 'windows', windows: [] }).launches, world.launches);
});

test('an empty list is told from one that has not arrived', () => {
  assert.equal(emptyWorld.known.launches, false);
  assert.equal(changeWorld(emptyWorld, { type: 'launches', launches: [] }).known.launches, true);
});

test('a notice that is repeated is shown once, and stays in the history after it was read', () => {
  let board = post(post(emptyBoard, notice('a')), notice('b'));
  board = post(dismiss(board, 'a'), notice('a'));
  assert.deepEqual(
    board.unread.map(({ id }) => id),
    ['b'],
  );
  assert.deepEqual(
    board.history.map(({ id }) => id),
    ['b', 'a'],
  );
});

test('the board has a bound', () => {
  let board = emptyBoard;
  for (let at = 0; at < 500; at += 1) board = post(board, notice(String(at)));
  assert.ok(board.history.length <= 100 && board.unread.length <= 100);
  assert.equal(board.history[0]?.id, '499');
});

const NOW = new Date('2026-01-01T00:00:00Z');
const waitsFor = (...reasons: string[]) =>
  reasons.map((detail, at) => launch(`l${at}`, '2026-01-01T00:00:00Z', { state: 'starting', step: 'create', detail }));
const told = (before: typeof emptyBoard, launches: readonly Launch[]) =>
  boardWithWaiting(before, launches, (app, reason) => `${app}: ${reason}`, NOW);

test('what a launch waits for becomes one notice with a way to its task', () => {
  const reason = '0/3 nodes are available: 3 Insufficient memory.';
  const board = told(emptyBoard, waitsFor(reason));
  assert.deepEqual(
    board.unread.map(({ level, text, launchId }) => [level, text, launchId]),
    [['warning', `A: ${reason}`, 'l0']],
  );
  assert.equal(told(board, waitsFor(reason)), board);
});

test('the same reason under its other name replaces the words, and is no news to who has read it', () => {
  const pulled = 'The image x cannot be pulled: not found';
  const first = told(emptyBoard, waitsFor(`${pulled} (ErrImagePull)`));
  const second = told(first, waitsFor(`${pulled} (ImagePullBackOff)`));
  assert.deepEqual(
    second.unread.map(({ text }) => text),
    [`A: ${pulled} (ImagePullBackOff)`],
  );
  const read = second.unread.reduce((board, { id }) => dismiss(board, id), second);
  assert.deepEqual(told(read, waitsFor(`${pulled} (ErrImagePull)`)).unread, []);
  assert.equal(told(read, waitsFor('No node has room.')).unread.length, 1);
});

test('a notice leaves with what it waited for, and stays in the history', () => {
  const before = post(told(emptyBoard, waitsFor('No node has room.')), notice('other'));
  const after = told(before, [launch('l0', '2026-01-01T00:00:00Z')]);
  assert.deepEqual(
    after.unread.map(({ id }) => id),
    ['other'],
  );
  assert.equal(after.history.length, 2);
});
