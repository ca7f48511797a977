/**
 * Runs test files by a plan: in its order, which `node --test` would sort, each with a time limit, and none beside a file
 * that excludes it. A file's output is printed when the file has ended. Started by `files.ts`.
 */
import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from 'node:test';
import { spec as Spec, type TestEvent } from 'node:test/reporters';
import { failureText, shortened } from './failures.ts';
import { Plan, type PlannedFile, type Result } from './plan.ts';
import { runQueue } from './queue.ts';
import { LEAST_MS } from './time-limits.ts';
import { Totals } from './totals.ts';

/** A file that can't stop itself, because its event loop never idles, is ended this long after its time limit. */
const GRACE_MS = 30_000;

const plan = Plan.parse(JSON.parse(process.argv[2] ?? ''));
const printed = new PassThrough({ objectMode: true });
printed.compose(new Spec()).pipe(process.stdout);
const totals = new Totals();

const restMs = (): number => (plan.until === null ? Infinity : plan.until - Date.now());
const notRun = await runQueue(plan.files, plan.atOnce, () => restMs() < LEAST_MS, runFile);
for (const event of totals.events()) printed.write(event);
printed.end();
if (totals.failed || notRun.length > 0) process.exitCode = 1;

async function runFile(file: PlannedFile): Promise<void> {
  const since = performance.now();
  const limitMs = Math.min(file.limitMs, restMs());
  const events = run({
    files: [resolve(file.path)],
    concurrency: 1,
    timeout: limitMs + GRACE_MS,
    execArgv: plan.imports.map((path) => `--import=${path}`),
    env: { ...process.env, DESKPOD_TEST_LIMIT_MS: String(Math.round(limitMs)) },
  });
  const own: TestEvent[] = [];
  let passed = false;
  let failures = '';
  for await (const event of events) {
    const failure = failureText(event);
    if (failure !== null) {
      process.stderr.write(failure);
      failures = shortened(failures + failure);
    }
    if (event.type === 'test:summary' && event.data.file !== undefined) passed = event.data.success;
    if (!totals.takes(event)) own.push(event);
  }
  for (const event of own) printed.write(event);
  const result: Result = { name: file.path, ms: performance.now() - since, passed, failures };
  appendFileSync(plan.results, `${JSON.stringify(result)}\n`);
}
