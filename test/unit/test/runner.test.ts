/** How test files are run: the run always ends, says why, and leaves no process behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { needsLinux } from '../../fixtures/machine.ts';
import { descendants } from '../../runner/descendants.ts';
import { descendantsNamed } from '../../fixtures/processes.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = 'test/fixtures/runner';
const PATIENCE_MS = 30_000;
const TEST = "import { test } from 'node:test';";
const PASSES = `${TEST} test('passes', () => undefined);`;
const FAILS = `${TEST} test('fails', () => { throw new Error('every time'); });`;
const CRASHES = 'process.exit(3);';
/** A test that prints its installation, and ends when the other one runs, too. */
const MEETS = `${TEST} import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
  import { setTimeout as delay } from 'node:timers/promises';
  function meet(own, other) {
    test(own, { timeout: 20_000 }, async () => {
      const base = process.env.DESKPOD_TEST_DATA.replace(/-2$/, '');
      mkdirSync(base + '/e2e', { recursive: true });
      console.log(own + ' in ' + process.env.DESKPOD_TEST_DATA);
      writeFileSync(base + '/' + own, '');
      while (!existsSync(base + '/' + other)) await delay(20);
    });
  }`;
const FAILS_ONCE = `${TEST} import { existsSync, writeFileSync } from 'node:fs';
  const mark = new URL('mark', import.meta.url);
  test('fails once', () => {
    if (existsSync(mark)) return;
    writeFileSync(mark, '');
    throw new Error('the first time');
  });`;
const PROGRAM = `
  import { runFiles } from '${join(ROOT, 'test/runner/files.ts')}';
  import { emptyReport, reportText } from '${join(ROOT, 'test/runner/report.ts')}';
  const files = process.argv.slice(1);
  const { LIMIT_MS, AT_ONCE, SECOND_TRY, UNTIL, GROUP } = process.env;
  const report = emptyReport();
  process.exitCode = await runFiles(files, {
    root: '${ROOT}',
    env: process.env,
    report,
    secondTry: SECOND_TRY !== undefined,
    slots: AT_ONCE !== undefined,
    atOnce: Number(AT_ONCE ?? 1),
    limitOf: () => Number(LIMIT_MS ?? ${PATIENCE_MS}),
    groupOf: (path) => (GROUP !== undefined && path.includes(GROUP) ? 'group' : null),
    ...(UNTIL === undefined ? {} : { until: Number(UNTIL) }),
  });
  console.log(reportText(report));
`;

function started(limits: { linger: number; limit: number }, ...names: string[]) {
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  const env = { ...rest, DESKPOD_TEST_LINGER_MS: String(limits.linger), LIMIT_MS: String(limits.limit) };
  const files = names.map((name) => `${FIXTURES}/${name}.ts`);
  const args = ['--input-type=module', '--eval', PROGRAM, '--', ...files];
  return spawn(process.execPath, args, { env, cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ran(limits: { linger: number; limit: number }, ...names: string[]) {
  const child = started(limits, ...names);
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: Number(code), out, err };
}

/** Runs test files with these names and texts, with a second try for those that fail. */
async function ranTexts(
  texts: Readonly<Record<string, string>>,
  options: { readonly slots?: number; readonly env?: Readonly<Record<string, string>> } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-texts-'));
  try {
    const files = Object.keys(texts).map((name) => join(folder, name));
    for (const [name, content] of Object.entries(texts)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
    const atOnce = options.slots === undefined ? {} : { AT_ONCE: String(options.slots) };
    const more = { SECOND_TRY: '1', ...atOnce, ...options.env, DESKPOD_TEST_DATA: join(folder, 'data') };
    const args = ['--input-type=module', '--eval', PROGRAM, '--', ...files];
    const env = { ...rest, ...more };
    const child = spawn(process.execPath, args, { env, cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] });
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    return { code: Number(code), out: out.replaceAll(folder, '') };
  } finally {
    await rm(folder, { recursive: true });
  }
}

suite('running test files', { ...needsLinux(), timeout: 2 * PATIENCE_MS }, () => {
  test('a failed test that leaves something open is reported at once and at the end, and the run continues', async () => {
    const { code, out, err } = await ran({ linger: 200, limit: PATIENCE_MS }, 'leaves-open', 'passes');
    assert.equal(code, 1);
    assert.match(err, /✖ this one fails \(test\/fixtures\/runner\/leaves-open\.ts:\d+\)\n.*one is not two/s);
    assert.match(out, /leaves-open\.ts does not end.*still open: .*ProcessWrap ×1.*TCPServerWrap ×1/);
    assert.match(out, /✔ this one is fine/);
    assert.match(out, /ℹ tests 3\n.*ℹ pass 2\nℹ fail 1\n.*failing tests:.*this one fails/s);
    const left = await descendantsNamed('98765.4');
    assert.deepEqual(left, [], 'processes started by the file are ended');
  });

  test('a file has a time limit, and one that exceeds it is named', async () => {
    const { code, out } = await ran({ linger: 200, limit: 1_000 }, 'never-ends', 'passes');
    assert.equal(code, 1);
    assert.match(out, /never-ends\.ts has run for 1 s; still open: .*Timeout/);
    assert.match(out, /ℹ tests 2\n.*ℹ pass 1\nℹ fail 1\n/s);
  });

  test('files and what they start share a cache of compiled modules', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-runner-'));
    try {
      const { NODE_COMPILE_CACHE: _, ...others } = process.env;
      const options = { cwd: ROOT, env: { ...others, NODE_TEST_CONTEXT: undefined, TMPDIR: folder } };
      const args = ['--input-type=module', '--eval', PROGRAM, '--', `${FIXTURES}/passes.ts`];
      const [code] = await once(spawn(process.execPath, args, { ...options, stdio: 'ignore' }), 'exit');
      assert.equal(code, 0);
      assert.notDeepEqual(await readdir(join(folder, 'node-compile-cache')), []);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('files that pass end with 0', async () => {
    const { code, out, err } = await ran({ linger: 200, limit: PATIENCE_MS }, 'passes');
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /ℹ tests 1\n.*ℹ pass 1\nℹ fail 0\n/s);
  });

  test('a file that fails once and then passes does not fail the run, and is named at its end', async () => {
    const { code, out } = await ranTexts({ 'passes.mjs': PASSES, 'once.mjs': FAILS_ONCE });
    assert.equal(code, 0, out);
    assert.match(out, /failing tests:.*the first time/s, 'the failure is printed');
    assert.ok(out.endsWith(`Passed only at the second try (report these):\n  /once.mjs\n`), out);
    assert.equal(out.match(/✔ passes/g)?.length, 1, 'the others do not run again');
  });

  test('a file that fails twice fails the run, and others are named that passed at the second try', async () => {
    const { code, out } = await ranTexts({ 'fails.mjs': FAILS, 'once.mjs': FAILS_ONCE, 'crashes.mjs': CRASHES });
    assert.equal(code, 1);
    assert.match(out, /failed at the first try, before the second one:.*✖ fails.*the first time/s);
    assert.ok(out.endsWith(`Passed only at the second try (report these):\n  /once.mjs\n`), out);
  });

  test('when more than three files fail, none runs again', async () => {
    const { code, out } = await ranTexts({ '1.mjs': FAILS, '2.mjs': FAILS, '3.mjs': FAILS, '4.mjs': FAILS });
    assert.equal(code, 1);
    assert.match(out, /no second try, because more than 3 files failed/);
    assert.doesNotMatch(out, /once more/);
    assert.equal(out.match(/✖ fails \(/g)?.length, 8, 'each is printed when it happens and at the end');
  });

  test('files side by side have an installation each, which is free again after its file was killed', async () => {
    const kills = "test('ends', () => process.kill(process.pid, 'SIGKILL'))";
    const { out } = await ranTexts(
      {
        'one.mjs': `${MEETS}; meet('one', 'two'); ${kills}`,
        'two.mjs': `${MEETS}; meet('two', 'one'); ${kills}`,
        'three.mjs': `${MEETS}; meet('three', 'e2e/tasks.test.ts')`,
        'e2e/tasks.test.ts': `${MEETS}; meet('e2e/tasks.test.ts', 'three')`,
      },
      { slots: 2 },
    );
    const data = (name: string): string => new RegExp(`${name} in (\\S+)`).exec(out)?.[1] ?? out;
    assert.deepEqual([data('one'), data('two')].toSorted(), ['/data', '/data-2']);
    assert.deepEqual([data('tasks.test.ts'), data('three')], ['/data', '/data-2'], 'one that needs the first gets it');
  });

  test('a file that another one excludes starts after it, and the next ones take the free place', async () => {
    const { code, out } = await ranTexts(
      {
        'e2e/one.mjs': `${MEETS}; meet('e2e/one', 'three')`,
        'e2e/two.mjs': `${MEETS}; meet('e2e/two', 'e2e/one')`,
        'three.mjs': `${MEETS}; meet('three', 'e2e/one')`,
      },
      { slots: 2, env: { GROUP: 'e2e/' } },
    );
    assert.equal(code, 0, out);
    const started = [...out.matchAll(/(\S+) in \S+/g)].map(([, name]) => name);
    assert.deepEqual(started.at(-1), 'e2e/two', out);
  });

  test('a run whose time is over starts no more files, names them, and fails', async () => {
    const { code, out } = await ranTexts({ 'late.mjs': PASSES }, { env: { UNTIL: String(Date.now()) } });
    assert.equal(code, 1);
    assert.match(out, /Not run, because the time of this run was over.*:\n  \/late\.mjs\n/);
    assert.doesNotMatch(out, /✔ passes/);
  });

  test('each file of real parts starts without the database of the one before', async () => {
    const leaves = `${TEST} import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
      test('has none', () => {
        const folder = process.env.DESKPOD_TEST_DATA;
        if (existsSync(folder + '/deskpod.db')) throw new Error('left by another file');
        mkdirSync(folder, { recursive: true });
        writeFileSync(folder + '/deskpod.db', '');
      });`;
    const { code, out } = await ranTexts({ 'one.mjs': leaves, 'two.mjs': leaves }, { slots: 1 });
    assert.equal(code, 0, out);
    assert.match(out, /ℹ pass 2\n/);
  });

  test('interrupting the run ends the files and their processes', async () => {
    const child = started({ linger: PATIENCE_MS, limit: PATIENCE_MS }, 'leaves-open');
    child.stdout.resume();
    child.stderr.resume();
    const exited = once(child, 'exit', { signal: AbortSignal.timeout(PATIENCE_MS) });
    assert.ok(child.pid !== undefined);
    while (child.exitCode === null && (await descendantsNamed('98765.4', child.pid)).length === 0) await delay(50);
    const all = await descendants(child.pid);
    child.kill('SIGTERM');
    assert.equal((await exited)[0], 130);
    assert.ok(all.length >= 3, `${all.length} processes`);
    assert.deepEqual(all.filter(isAlive), []);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
