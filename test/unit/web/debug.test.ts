/** Debug sessions in the browser: forms and requests, whose sessions they are, time left, recordings. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DebugOffer, DebugSession } from '#protocol/debug.ts';
import { array, assert as check, constantFrom, integer, property, record, string } from 'fast-check';
import type { DebugSubject } from '../../../web/layers/debug-subject.ts';
import { clock, parseCast, playedBy, sizeOf } from '../../../web/debug/asciicast.ts';
import {
  commandOf,
  copyFormOf,
  copyRequestOf,
  customOf,
  explained,
  problemOf,
  toolboxFormOf,
  toolboxRequestOf,
} from '../../../web/debug/debug-form.ts';
import {
  askingMe,
  endText,
  debuggingMine,
  isNews,
  isApprovable,
  leftMs,
  leftText,
  mine,
  stateText,
  unseen,
  whileAway,
} from '../../../web/debug/sessions.ts';
import { en } from '../../../web/ui/strings/en/strings.ts';

const offer = (changed: Partial<DebugOffer> = {}): DebugOffer =>
  DebugOffer.parse({
    refusal: null,
    needs: 'nothing',
    profiles: [{ profile: 'restricted', refusal: null }],
    profile: 'restricted',
    images: ['toolbox:1', 'toolbox:large'],
    targets: ['graphical', 'files'],
    ttlSeconds: 3600,
    ...changed,
  });

const subject: DebugSubject = {
  desktopId: 'hermes-1',
  userId: 'hermes',
  launchId: 'hermes-app-1',
  name: 'Terminal',
  image: 'app:1',
  container: null,
  ended: false,
};

const session = (id: number, changed: Partial<DebugSession> = {}): DebugSession =>
  DebugSession.parse({
    id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
    kind: 'toolbox',
    by: { id: 'fry', name: 'Philip J. Fry' },
    userId: 'hermes',
    desktopId: 'hermes-1',
    launchId: null,
    appName: null,
    target: null,
    name: null,
    image: null,
    profile: null,
    reused: false,
    reason: '',
    grant: null,
    grantedBy: null,
    status: { state: 'running', endsAt: '2026-01-01T01:00:00Z' },
    askedAt: '2026-01-01T00:00:00Z',
    startedAt: null,
    transcript: false,
    seen: false,
    ...changed,
  });
const ended = (reason: 'stopped' | 'declined' | 'ended_by_owner' | 'failed', at = '2026-01-01T00:30:00Z') => ({
  status: { state: 'ended', at, reason, exitCode: null, message: null } as const,
});

test('a command is split like in a shell; an unclosed quote is reported', () => {
  assert.deepEqual(commandOf(`sh -c 'echo "a b"' c\\ d ""`), ['sh', '-c', 'echo "a b"', 'c d', '']);
  assert.deepEqual(commandOf('  '), []);
  assert.equal(commandOf('echo "a'), null);
});

test('splitting a quoted command returns its words', () => {
  check(
    property(array(string()), (words) => {
      const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      assert.deepEqual(commandOf(line), words);
    }),
  );
});

test('a toolbox request has the profile and image of the offer; defaults are not sent', () => {
  const form = toolboxFormOf(offer(), subject);
  assert.deepEqual(toolboxRequestOf(form, subject), {
    launch: 'hermes-app-1',
    image: 'toolbox:1',
    profile: 'restricted',
    command: [],
    env: {},
    plain: false,
    reason: '',
  });
});

test('a toolbox for a service of the desktop targets that container', () => {
  const service: DebugSubject = { ...subject, launchId: null, container: 'files' };
  const request = toolboxRequestOf(toolboxFormOf(offer(), service), service);
  assert.deepEqual([request.desktop, request.launch, request.target], ['hermes-1', undefined, 'files']);
});

test('a copy request has only the changes', () => {
  const form = { ...copyFormOf(), command: 'sleep infinity', variables: [{ name: 'A', value: '1' }] };
  assert.deepEqual(copyRequestOf(form, 'hermes-app-1'), {
    launch: 'hermes-app-1',
    command: ['sleep', 'infinity'],
    env: { A: '1' },
    plain: false,
    reason: '',
    shareProcesses: true,
    sameNode: false,
  });
});

test('a form reports its problem, a missing reason only if one is required', () => {
  const form = toolboxFormOf(offer(), subject);
  const problems = en.debug.problems;
  assert.equal(problemOf(form, 'nothing', problems), null);
  assert.equal(problemOf(form, 'consent', problems), problems.reason);
  assert.equal(problemOf({ ...form, reason: 'it hangs' }, 'consent', problems), null);
  assert.equal(problemOf({ ...form, name: 'Bad_Name' }, 'nothing', problems), problems.name);
  assert.equal(problemOf({ ...form, command: 'a "b' }, 'nothing', problems), problems.command);
  assert.equal(
    problemOf({ ...form, variables: [{ name: '1A', value: 'x' }] }, 'nothing', problems),
    problems.variable('1A'),
  );
  assert.equal(problemOf({ ...form, custom: '[1]' }, 'nothing', problems), problems.custom);
  assert.equal(problemOf({ ...form, profile: null }, 'nothing', problems), problems.profile);
});

test('a custom container is a JSON object or empty', () => {
  assert.deepEqual(customOf(''), {});
  assert.deepEqual(customOf('{"tty": true}'), { tty: true });
  assert.equal(customOf('{'), null);
});

test('the dialog says in advance what will happen, for how long, and who must agree', () => {
  const own = explained('toolbox', offer(), subject, en.debug);
  assert.equal(own.length, 2);
  assert.match(own.join(' '), /Terminal.*60 minutes/);
  assert.match(explained('copy', offer({ needs: 'consent' }), subject, en.debug).join(' '), /hermes must agree before/);
  assert.match(explained('shell', offer({ needs: 'reason' }), subject, en.debug).join(' '), /name and reason/);
});

test('sessions are sorted: waiting for my answer, on my desktop, my own, and unseen ones', () => {
  const asking = session(1, {
    status: { state: 'asking', approvableAt: '2026-01-01T00:01:00Z', until: '2026-01-01T00:10:00Z' },
  });
  const inside = session(2);
  const own = session(3, { by: { id: 'hermes', name: 'Hermes' } });
  const over = session(4, ended('stopped'));
  const declined = session(5, ended('declined'));
  const all = [asking, inside, own, over, declined, session(6, { ...ended('stopped'), seen: true })];
  const ids = (found: readonly DebugSession[]) => found.map(({ id }) => Number(id.slice(-2)));
  assert.deepEqual(ids(askingMe(all, 'hermes')), [1]);
  assert.deepEqual(ids(debuggingMine(all, 'hermes')), [2]);
  assert.deepEqual(ids(mine(all, 'hermes')), [3]);
  assert.deepEqual(ids(unseen(all, 'hermes')), [4], 'a user who declined has seen it');
  assert.deepEqual(ids(mine(all, 'fry')), [1, 2]);
  assert.deepEqual(ids(askingMe(all, 'fry')), []);
});

test('a reply that arrives after its event does not revert the session', () => {
  const starting = session(1, { status: { state: 'starting', detail: null } });
  const later = session(1, { status: { state: 'running', endsAt: '2026-01-01T02:00:00Z' } });
  assert.equal(isNews(starting, undefined), true);
  assert.equal(isNews(starting, session(1)), false);
  assert.equal(isNews(session(1), starting), true);
  assert.equal(isNews(later, session(1)), true, 'it was extended');
  assert.equal(isNews(session(1), later), false);
  const over = { ...session(1, ended('stopped', '2026-01-01T00:30:00Z')), transcript: false };
  assert.equal(isNews(over, { ...over, transcript: true }), false, 'the stored recording was reported meanwhile');
  assert.equal(isNews({ ...over, transcript: true }, over), true);
});

test('only sessions that ended before the page was opened are shown automatically', () => {
  const before = session(1, ended('stopped', '2026-01-01T00:30:00Z'));
  const since = new Date('2026-01-01T00:45:00Z');
  assert.equal(whileAway([before], 'hermes', since).length, 1);
  assert.equal(whileAway([session(2, ended('stopped', '2026-01-01T00:50:00Z'))], 'hermes', since).length, 0);
});

test('the remaining time is shown in minutes, and in seconds near the end', () => {
  const now = Date.parse('2026-01-01T00:18:30Z');
  assert.equal(leftMs(session(1), now), 41.5 * 60_000);
  assert.deepEqual([41.5 * 60_000, 120_000, 67_000, 0].map(leftText), ['42 min', '2:00', '1:07', '0:00']);
  assert.equal(leftMs(session(1, ended('stopped')), now), null);
});

test('the end of a session is a sentence with the exit code and the engine’s message', () => {
  const failed = session(1, {
    status: { state: 'ended', at: '2026-01-01T00:30:00Z', reason: 'failed', exitCode: 1, message: 'No such image.' },
  });
  assert.equal(endText(failed, en.debugSessions), 'The session didn’t start. Exit code 1. No such image.');
  assert.deepEqual(stateText(failed, en.debugSessions), { text: 'failed', tone: 'bad' });
  assert.deepEqual(stateText(session(2), en.debugSessions), { text: 'active', tone: 'ok' });
});

test('an administrator can approve once the owner has had time to answer', () => {
  const asking = session(1, {
    status: { state: 'asking', approvableAt: '2026-01-01T00:01:00Z', until: '2026-01-01T00:10:00Z' },
  });
  assert.equal(isApprovable(asking, Date.parse('2026-01-01T00:00:59Z')), false);
  assert.equal(isApprovable(asking, Date.parse('2026-01-01T00:01:00Z')), true);
  assert.equal(isApprovable(session(2), Date.parse('2026-01-01T00:01:00Z')), false);
});

const header = '{"version": 2, "width": 80, "height": 24, "timestamp": 1767225600}';

test('a recording plays its output in time, with pauses shortened to two seconds', () => {
  const cast = parseCast([header, '[0.5, "o", "a"]', '[60.5, "o", "b"]', '[61, "r", "100x30"]'].join('\n'));
  assert.ok(cast);
  assert.deepEqual(
    cast.events.map(({ at, kind, data }) => [at, kind, data]),
    [
      [500, 'output', 'a'],
      [2500, 'output', 'b'],
      [3000, 'size', '100x30'],
    ],
  );
  assert.deepEqual([cast.lengthMs, cast.cutMs], [3000, 58_000]);
  assert.deepEqual(
    [0, 499, 500, 2499, 2500, 9999].map((at) => playedBy(cast, at)),
    [0, 0, 1, 1, 2, 3],
  );
});

test('an incomplete recording plays up to its end; anything else is refused', () => {
  assert.equal(parseCast(`${header}\n[0, "o", "a"]\n[1, "o`)?.events.length, 1);
  assert.equal(parseCast('hello'), null);
  assert.equal(parseCast('{"version": 1, "width": 80, "height": 24}'), null);
});

test('playback never runs backwards and never includes input', () => {
  const entry = record({ at: integer({ min: 0, max: 500 }), kind: constantFrom('o', 'r', 'i', 'm') });
  check(
    property(array(entry), (entries) => {
      const cast = parseCast([header, ...entries.map(({ at, kind }) => JSON.stringify([at, kind, 'x']))].join('\n'));
      assert.ok(cast);
      const times = cast.events.map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
      );
      assert.equal(cast.events.length, entries.filter(({ kind }) => kind === 'o' || kind === 'r').length);
      assert.ok(times.every((at, index) => at - (times[index - 1] ?? 0) <= 2000));
    }),
  );
});

test('sizes and times of a recording are parsed and formatted', () => {
  assert.deepEqual(sizeOf('100x30'), { columns: 100, rows: 30 });
  assert.equal(sizeOf('wide'), null);
  assert.equal(clock(67_999), '1:07');
});
