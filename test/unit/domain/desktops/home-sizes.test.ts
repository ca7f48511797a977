/** Homes over their limit: measured, shown, and told to their users, who go on working. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HomeSizes, type HomeSizesOptions } from '#domain/desktops/home-sizes.ts';
import { aRunningDesktop } from '../../../fixtures/engine-samples.ts';

const GB = 1024 ** 3;
const DESKTOP = aRunningDesktop({ id: 'fry-12345', userId: 'fry' });

/** One running desktop, with a home of `state.bytes`. */
function homes() {
  const state: { bytes: number | null | Error; running: boolean } = { bytes: GB, running: true };
  const [notices, failures]: [string[], string[]] = [[], []];
  let measured = 0;
  let minutes = 0;
  const options: HomeSizesOptions = {
    engine: {
      desktops: async () => (state.running ? [DESKTOP] : []),
      async homeBytes() {
        measured += 1;
        if (state.bytes instanceof Error) throw state.bytes;
        return state.bytes;
      },
    },
    limitBytes: 20 * GB,
    notify: async (userId, level, text) => void notices.push(`${userId} ${level}: ${text}`),
    failed: (what, error) => failures.push(`${what}: ${String(error)}`),
  };
  const sizes = new HomeSizes(options, () => minutes * 60_000);
  /** Ten minutes later. */
  const sweepLater = async (): Promise<void> => {
    minutes += 10;
    await sizes.sweep();
  };
  return { state, notices, failures, sizes, sweepLater, measured: () => measured };
}

test('a user whose home gets over its limit hears once how large it is and who can raise the limit', async () => {
  const { state, notices, sizes, sweepLater, measured } = homes();
  await sizes.sweep();
  assert.deepEqual(notices, []);
  state.bytes = 21.5 * GB;
  await sizes.sweep();
  assert.equal(measured(), 1, 'not again so soon');
  await sweepLater();
  await sweepLater();
  assert.equal(notices.length, 1);
  assert.match(
    notices[0] ?? '',
    /^fry warning: Your home folder has 21\.5 GiB, more than the 20 GiB .*administrator can raise the setting limits\.home\.$/,
  );
});

test('a home that was cleaned up and grows again is told again, and so is the next desktop', async () => {
  const { state, notices, sizes, sweepLater } = homes();
  for (const bytes of [30 * GB, GB, 30 * GB]) {
    state.bytes = bytes;
    await sweepLater();
  }
  assert.equal(notices.length, 2);
  state.running = false;
  await sizes.sweep();
  state.running = true;
  await sizes.sweep();
  assert.equal(notices.length, 3);
});

test('requests at the same time measure once, and those soon after get the same size', async () => {
  const { sizes, measured } = homes();
  const uses = await Promise.all([sizes.use(DESKTOP), sizes.use(DESKTOP)]);
  assert.deepEqual([...uses, await sizes.use(DESKTOP)], Array(3).fill({ bytes: GB, ageMs: 0 }));
  assert.equal(measured(), 1);
});

test('a size that is not known is null: of an engine with volumes, and after a failure, which is logged', async () => {
  const { state, failures, notices, sizes, sweepLater } = homes();
  state.bytes = null;
  assert.equal(await sizes.use(DESKTOP), null);
  state.bytes = new Error('no such folder');
  await sweepLater();
  assert.equal(await sizes.use(DESKTOP), null);
  await sweepLater();
  assert.deepEqual(failures, Array(2).fill('measuring the home of the desktop fry-12345: Error: no such folder'));
  assert.deepEqual(notices, []);
});
