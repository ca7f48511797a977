/**
 * Runs test files in the order of its arguments; `node --test` would sort them, and a long file that starts last delays
 * the end. Started by `files.ts`.
 */
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import failures from './failures.ts';
import passedFiles from './passed-files.ts';
import times from './times.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'at-once': { type: 'string', default: '1' },
    'timeout-ms': { type: 'string', default: '0' },
    /** Modules that are loaded into each file. */
    import: { type: 'string', multiple: true, default: [] },
    passed: { type: 'string' },
    times: { type: 'string' },
  },
});
const tests = run({
  files: positionals.map((path) => resolve(path)),
  concurrency: Number(values['at-once']),
  timeout: Number(values['timeout-ms']),
  execArgv: values.import.map((path) => `--import=${path}`),
});
tests.on('test:fail', () => {
  process.exitCode = 1;
});
tests.compose(new Spec()).pipe(process.stdout);
tests.compose(failures).pipe(process.stderr);
if (values.passed !== undefined) tests.compose(passedFiles).pipe(createWriteStream(values.passed));
if (values.times !== undefined) tests.compose(times).pipe(createWriteStream(values.times));
