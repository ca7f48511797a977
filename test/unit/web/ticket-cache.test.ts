/** The screen's ticket is fetched ahead of time and kept, so that a reconnect needs no API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TicketCache } from '../../../web/screen/ticket-cache.ts';

const LIFE_MS = 400_000;

/** An API whose clock is `ahead` of this one, and that fails while it is `down` or `over`. */
function setUp({ ahead = 0 } = {}) {
  const api = { issued: 0, state: 'up' as 'up' | 'down' | 'over' };
  const pauses: number[] = [];
  let clock = 0;
  let onPause = (): void => {};
  const kept = new TicketCache({
    fetch: async () => {
      if (api.state !== 'up') throw new Error(api.state);
      api.issued += 1;
      return { token: `ticket ${api.issued}`, expiresAt: new Date(clock + ahead + LIFE_MS).toISOString() };
    },
    isFinal: (error) => error instanceof Error && error.message === 'over',
    now: () => clock,
    pause: async (ms) => {
      pauses.push(ms);
      clock += ms;
      onPause();
    },
  });
  const signal = new AbortController().signal;
  return {
    api,
    kept,
    pauses,
    take: () => kept.take(signal),
    pass: (ms: number) => void (clock += ms),
    /** Lets `count` pauses of keepFresh pass. */
    fresh: async (count: number) => {
      const abort = new AbortController();
      onPause = () => pauses.length >= count && abort.abort();
      await kept.keepFresh(abort.signal);
    },
  };
}

test('a reconnect within its lifetime uses the kept ticket without a request', async () => {
  const { api, take, pass } = setUp();
  assert.equal(await take(), 'ticket 1');
  pass(LIFE_MS - 1);
  api.state = 'down';
  assert.equal(await take(), 'ticket 1');
  assert.equal(api.issued, 1);
});

test('an expired ticket is never used', async () => {
  const { api, take, pass } = setUp();
  await take();
  pass(LIFE_MS);
  assert.equal(await take(), 'ticket 2');
  pass(LIFE_MS);
  api.state = 'down';
  await assert.rejects(take());
});

test('a refused ticket is replaced', async () => {
  const { kept, take } = setUp();
  await take();
  kept.doubt();
  assert.equal(await take(), 'ticket 2');
  assert.equal(await take(), 'ticket 2');
});

test('a refused ticket is used once more while the API is down, because the gateway may have been the cause', async () => {
  const { api, kept, take } = setUp();
  await take();
  kept.doubt();
  api.state = 'down';
  assert.equal(await take(), 'ticket 1');
  api.state = 'up';
  assert.equal(await take(), 'ticket 2');
});

test('a refused ticket reports that the session has ended', async () => {
  const { api, kept, take } = setUp();
  await take();
  kept.doubt();
  api.state = 'over';
  await assert.rejects(take(), /over/);
});

test('a new ticket is fetched after three quarters of the lifetime', async () => {
  const { api, take, pauses, fresh } = setUp();
  await take();
  await fresh(3);
  assert.deepEqual(pauses, [300_000, 300_000, 300_000]);
  assert.equal(api.issued, 3);
});

test('an API that is down is retried after ten seconds, never once the session has ended', async () => {
  const { api, take, pauses, fresh } = setUp();
  await take();
  api.state = 'down';
  await fresh(3);
  assert.deepEqual(pauses, [300_000, 10_000, 0]);
  const over = setUp();
  await over.take();
  over.api.state = 'over';
  await over.fresh(99);
  assert.deepEqual(over.pauses, [300_000]);
});

test('a wrong local clock makes a ticket neither useless nor valid forever', async () => {
  const behind = setUp({ ahead: 86_400_000 });
  await behind.take();
  behind.pass(420_000);
  assert.equal(await behind.take(), 'ticket 2');
  const before = setUp({ ahead: -86_400_000 });
  await before.take();
  before.pass(59_999);
  assert.equal(await before.take(), 'ticket 1');
});
