/** What the Podman service does while nothing happens, with whoever waits for something. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '#domain/ports/engine.ts';
import { aDesktop, hermes, patience, script } from '../contracts/engine-kit.ts';
import { ownStore, TEST_DATA, TEST_RUN, underTest } from './engine-local.ts';

const skip =
  process.getuid?.() !== 0
    ? 'needs root'
    : spawnSync('podman', ['--version']).status !== 0 && 'podman is not installed';
const folder = join(TEST_RUN, 'engine');
const local = { socket: null, dataDir: TEST_DATA, runDir: TEST_RUN, apiSocket: join(folder, 'podman.sock') };
const READERS = 3;
const MEASURED_SECONDS = 2;
/** Of `/proc/PID/stat`, see proc(5). */
const TICKS_PER_SECOND = 100;

test('readers of a quiet log leave the Podman service idle', { skip, timeout: 300_000 }, async (t) => {
  await using under = await underTest(local, await ownStore());
  await using made = await aDesktop(under, hermes);
  const launch = await script(under, made.desktop, 'echo begun; sleep 600');
  const stop = new AbortController();
  const target = { desktopId: made.id, launchId: launch.id };
  const readers = await Promise.all(Array.from({ length: READERS }, () => follow(under.engine, target, stop.signal)));
  const before = await seconds();
  await delay(MEASURED_SECONDS * 1_000);
  const used = (await seconds()) - before;
  stop.abort();
  await Promise.all(readers.map(({ ended }) => ended));
  t.diagnostic(`${used.toFixed(2)} s of a processor in ${MEASURED_SECONDS} s`);
  assert.ok(used < MEASURED_SECONDS / 4, `${used} s`);
});

/** Resolves with the first line. */
async function follow(engine: Engine, target: { desktopId: string; launchId: string }, signal: AbortSignal) {
  const lines = engine.logs(target, { follow: true, tailBytes: 1_024 }, AbortSignal.any([signal, patience()]));
  await lines[Symbol.asyncIterator]().next();
  const read = async (): Promise<void> => {
    for await (const _ of lines) continue;
  };
  return { ended: read() };
}

/** The processor time of the Podman service so far. */
async function seconds(): Promise<number> {
  const pid = (await readFile(join(folder, 'service.pid'), 'utf8')).split(' ')[0];
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
