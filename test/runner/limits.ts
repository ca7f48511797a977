/**
 * Loaded into each test file by `files.ts`: a file ends a moment after its last test, and in any case at its time limit.
 * It then fails, after it has named what kept it open and ended what it started.
 */
import { relative } from 'node:path';
import { after } from 'node:test';
import { endDescendants } from './descendants.ts';

/** How long the resources that were disposed of at the end can take to close. */
const LINGER_MS = Number(process.env['DESKPOD_TEST_LINGER_MS'] ?? 20_000);
/** `ordered.ts` sets it; for a file that runs without it, the longest of all. */
const LIMIT_MS = Number(process.env['DESKPOD_TEST_LIMIT_MS'] ?? 25 * 60_000);

// The runner itself also loads this.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) {
  // Neither timer keeps a finished file alive.
  setTimeout(() => void fail(`has run for ${LIMIT_MS / 1_000} s`), LIMIT_MS).unref();
  after(() => {
    setTimeout(() => void fail(`does not end, though its tests did ${LINGER_MS / 1_000} s ago`), LINGER_MS).unref();
  });
}

async function fail(why: string): Promise<void> {
  const open = Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name));
  const held = open.map(([name, all]) => `${name} ×${all?.length ?? 0}`).join(', ');
  const file = relative(process.cwd(), process.argv[1] ?? '');
  process.stderr.write(`\n✖ ${file} ${why}; still open: ${held === '' ? 'nothing' : held}\n`);
  await endDescendants(process.pid);
  process.exit(1);
}
