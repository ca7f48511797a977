/** How events change the UI's state, and the board of notices. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import { boardWithEnded, isEndNotice, launchesNotified, noticeToShow } from '../../../web/state/ended-notices.ts';
import { boardWithWaiting } from '../../../web/state/waiting-notices.ts';
import { changeWorld, dismiss, emptyBoard, emptyWorld, post } from '../../../web/state/world.ts';

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

test('launches are newest first, a changed one replaces its former state', () => {
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

test('a part that an event does not change stays the same object', () => {
  const world = changeWorld(emptyWorld, { type: 'launches', launches: [launch('a', '2026-01-01T00:00:00Z')] });
  assert.equal(changeWorld(world, { type: 'windows', windows: [] }).launches, world.launches);
});

test('an empty list differs from one that has not arrived', () => {
  assert.equal(emptyWorld.known.launches, false);
  assert.equal(changeWorld(emptyWorld, { type: 'launches', launches: [] }).known.launches, true);
});

test('a repeated notice is shown once, and stays in the history after it was read', () => {
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

test('the board is limited', () => {
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

test('what a launch waits for becomes one notice with a link to its task', () => {
  const reason = '0/3 nodes are available: 3 Insufficient memory.';
  const board = told(emptyBoard, waitsFor(reason));
  assert.deepEqual(
    board.unread.map(({ level, text, launchId }) => [level, text, launchId]),
    [['warning', `A: ${reason}`, 'l0']],
  );
  assert.equal(told(board, waitsFor(reason)), board);
});

test('the other name of the same reason replaces the text, and a read notice stays read', () => {
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

test('a waiting notice disappears with its reason, and stays in the history', () => {
  const before = post(told(emptyBoard, waitsFor('No node has room.')), notice('other'));
  const after = told(before, [launch('l0', '2026-01-01T00:00:00Z')]);
  assert.deepEqual(
    after.unread.map(({ id }) => id),
    ['other'],
  );
  assert.equal(after.history.length, 2);
});

const endedWith = (id: string, end: Partial<Extract<Launch['status'], { state: 'finished' }>>, more = {}): Launch => ({
  ...launch(id, '2026-01-01T00:00:00Z', {
    state: 'finished',
    reason: 'error',
    exitCode: 1,
    finishedAt: '2026-01-01T00:00:05Z',
    message: null,
    ...end,
  }),
  unread: true,
  ...more,
});
const WORDS = { launch: (app: string, end: { reason: string }) => `${app}: ${end.reason}`, desktop: String };
const endings = (before: typeof emptyBoard, launches: readonly Launch[]) => boardWithEnded(before, launches, WORDS);

test('each unread end is one notice, oldest first; a read one has none', () => {
  const launches = [
    endedWith('late', { finishedAt: '2026-01-01T00:00:09Z' }),
    endedWith('early', { reason: 'completed', exitCode: 0 }),
    endedWith('read', {}, { unread: undefined }),
    launch('runs', '2026-01-01T00:00:00Z'),
  ];
  const board = endings(emptyBoard, launches);
  assert.deepEqual(
    board.unread.map(({ level, text, launchId }) => [level, text, launchId]),
    [
      ['warning', 'A: completed', 'early'],
      ['error', 'A: error', 'late'],
    ],
  );
  assert.deepEqual(endings(board, launches), board);
});

test('of many unread ends, the last one is shown; new notices come first', () => {
  const ends = ['first', 'second', 'last'].map((id, at) => endedWith(id, { finishedAt: `2026-01-01T00:00:0${at}Z` }));
  const board = endings(emptyBoard, ends);
  assert.equal(noticeToShow(board.unread)?.launchId, 'last');
  const now = { id: 'now', level: 'info', text: 'Now', launchId: null, at: '2026-01-01T00:00:00Z' } as const;
  assert.equal(noticeToShow(post(board, now).unread)?.id, 'now');
  assert.equal(noticeToShow([]), undefined);
});

test('apps that ended with one desktop share a notice', () => {
  const end = { reason: 'desktop_ended', message: 'Its desktop ended unexpectedly.' } as const;
  const launches = ['A', 'B', 'B'].map((appName, at) => endedWith(`l${at}`, end, { appName }));
  const board = endings(endings(emptyBoard, launches.slice(0, 1)), launches);
  assert.deepEqual(
    board.unread.map(({ text, launchId }) => [text, launchId]),
    [['B,A', null]],
  );
  assert.deepEqual(
    launchesNotified(
      board.unread.map(({ id }) => id),
      launches,
    ),
    ['l0', 'l1', 'l2'],
  );
  // They are read one after the other: the text in the history must not shrink meanwhile.
  const [a, ...others] = launches;
  assert.ok(a);
  const half = endings(board, [{ ...a, unread: undefined }, ...others]);
  assert.deepEqual(
    half.history.map(({ text }) => text),
    ['B,A'],
  );
});

test('a notice read elsewhere disappears; one dismissed here does not come back', () => {
  const launches = [endedWith('a', {}), endedWith('b', {})];
  const board = endings(post(emptyBoard, notice('other')), launches);
  const first = board.unread.find(isEndNotice);
  const dismissed = dismiss(board, first?.id ?? '');
  assert.equal(endings(dismissed, launches).unread.length, 2);
  const read = launches.map((one) => ({ ...one, unread: undefined }));
  assert.deepEqual(
    endings(board, read).unread.map(({ id }) => id),
    ['other'],
  );
});
