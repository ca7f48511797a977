/** In which order test files start, which run again, and how long they and a run may take. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextFile, type QueuedFile, runQueue } from '../../runner/queue.ts';
import { emptyReport, reportText } from '../../runner/report.ts';
import { secondTry } from '../../runner/second-try.ts';
import { endOfRun, fileLimitMs, LONGER } from '../../runner/time-limits.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const MINUTE_MS = 60_000;

function file(path: string, group: string | null = null): QueuedFile {
  return { path, group };
}

test('a file whose group is busy waits, and the next one starts in its place', () => {
  const [walk, other] = [file('walk', 'class'), file('other')];
  assert.equal(nextFile([walk, other], [file('homes', 'class')]), other);
  assert.equal(nextFile([walk, other], [file('install', 'another')]), walk);
  assert.equal(nextFile([walk], [file('homes', 'class')]), null);
});

test('every file runs once, never more at a time than there are places, and never two of a group', async () => {
  const files = fc.array(fc.record({ path: fc.uuid(), group: fc.constantFrom(null, 'a', 'b') }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 1, max: 4 }), fc.scheduler(), async (queued, atOnce, scheduler) => {
      const running = new Set<QueuedFile>();
      const ran: QueuedFile[] = [];
      const whole = runQueue(
        queued,
        atOnce,
        () => false,
        async (one) => {
          running.add(one);
          ran.push(one);
          assert.ok(running.size <= atOnce);
          const groups = [...running].flatMap(({ group }) => group ?? []);
          assert.equal(new Set(groups).size, groups.length);
          await scheduler.schedule(Promise.resolve());
          running.delete(one);
        },
      );
      const left = await scheduler.waitFor(whole);
      assert.deepEqual(left, []);
      assert.deepEqual(new Set(ran), new Set(queued));
      assert.equal(ran.length, queued.length);
    }),
  );
});

test('when it is late, no more files start, and those left are returned', async () => {
  const [one, two, three] = [file('1'), file('2'), file('3')];
  let ended = 0;
  const left = await runQueue(
    [one, two, three],
    1,
    () => ended >= 2,
    async () => {
      ended += 1;
    },
  );
  assert.deepEqual(left, [three]);
});

test('up to three files that failed get a second try', () => {
  const results = ['a', 'b', 'c', 'd'].map((name) => ({ name, ms: MINUTE_MS, passed: name === 'd', failures: '' }));
  assert.deepEqual(secondTry(results, Infinity), { files: ['a', 'b', 'c'], refused: null });
  assert.match(
    secondTry(
      results.map((one) => ({ ...one, passed: false })),
      Infinity,
    ).refused ?? '',
    /more than 3/,
  );
});

test('there is no second try that would end after the run has to', () => {
  const results = [{ name: 'a', ms: 8 * MINUTE_MS, passed: false, failures: '' }];
  assert.equal(secondTry(results, 9 * MINUTE_MS).refused, null);
  assert.match(secondTry(results, 7 * MINUTE_MS).refused ?? '', /took 480 s, and this run has only 420 s left/);
  const quick = [{ name: 'a', ms: 1_000, passed: false, failures: '' }];
  assert.match(secondTry(quick, 10_000).refused ?? '', /has only 10 s left/, 'a file that could not start anyway');
});

test('a file has a time limit, which is longer for those that are named, and those exist', () => {
  assert.equal(fileLimitMs('test/e2e/journeys.test.ts'), 12 * MINUTE_MS);
  const paths = globSync('test/{integration,e2e,kubernetes}/*.test.ts', { cwd: ROOT });
  for (const [name, minutes] of Object.entries(LONGER)) {
    assert.ok(paths.includes(`test/${name}.test.ts`), name);
    assert.equal(fileLimitMs(resolve(ROOT, `test/${name}.test.ts`)), minutes * MINUTE_MS);
  }
});

test('a run ends after DESKPOD_TEST_MINUTES, or its own number of minutes', () => {
  const minutes = (env: NodeJS.ProcessEnv): number => Math.round((endOfRun(60, env) - Date.now()) / MINUTE_MS);
  assert.equal(minutes({}), 60);
  assert.equal(minutes({ DESKPOD_TEST_MINUTES: '5' }), 5);
  for (const wrong of ['0', '-1', 'soon'])
    assert.throws(() => endOfRun(60, { DESKPOD_TEST_MINUTES: wrong }), /not a positive number of minutes/);
});

test('the report has the times, those of second tries too, what passed only then, and what did not run', () => {
  assert.equal(reportText(emptyReport()), '');
  const text = reportText({
    phases: [{ name: 'Units', ms: 1_000 }],
    files: [{ name: 'a', ms: 2_000 }],
    secondTries: [{ name: 'a', ms: 3_000 }],
    firstFailures: ['✖ it works (a:1)'],
    flaky: ['a'],
    notRun: ['b'],
  });
  assert.match(text, /Units +1\.0 s\nSlowest test files:\n  a +2\.0 s\nSecond tries:\n  a +3\.0 s\n/);
  assert.match(text, /\nWhat failed at the first try.*:\n {2}✖ it works \(a:1\)\n/);
  assert.match(text, /\nPassed only at the second try \(report these\):\n  a\n/);
  assert.match(text, /\nNot run, .*this is a failure:\n  b$/);
});
