/** Guests are limited in number, and nothing of them stays when their sessions have ended. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeskpodError } from '#domain/errors.ts';
import { userPodName } from '#domain/names.ts';
import type { LoginEntry } from '#domain/ports/store.ts';
import type { EngineDesktop } from '#domain/ports/engine.ts';
import { Guests } from '#domain/server/guests.ts';
import { aRunningDesktop } from '../../../fixtures/engine-samples.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';

const SHARED = '10.0.0.1';
const FOREVER = new Date('2999-01-01T00:00:00Z');

function stage(limits = { guests: 3, guestsPerAddress: 2 }) {
  let open: LoginEntry[] = [];
  const desktops: EngineDesktop[] = [];
  const failures: string[] = [];
  let now = 0;
  const guests = new Guests({
    limits,
    isShared: (address) => address === SHARED,
    store: {
      logins: {
        open: async () => open.filter(({ endsAt }) => endsAt !== null),
        list: async (userId) => open.filter((one) => one.userId === userId),
      },
    },
    engine: { desktops: async () => [...desktops] },
    endDesktop: async (id) => {
      if (failures.length > 0) throw new Error(failures.pop());
      desktops.splice(
        desktops.findIndex((one) => one.id === id),
        1,
      );
    },
    failed: (_, error) => assert.match(String(error), /engine/),
    now: () => (now += 60_000),
  });
  const logIn = (address: string, at = new Date(), endsAt: Date | null = FOREVER) => {
    const userId = randomUUID();
    const entry = { userId, sessionId: userId, address, userAgent: '', provider: 'anonymous', login: null };
    return guests.admit(address, async () => {
      open.push({ ...entry, at, endsAt });
      return userId;
    });
  };
  const startDesktop = (userId: string, provider = 'anonymous'): string => {
    const id = userPodName({ id: userId, provider });
    desktops.push(aRunningDesktop({ id, userId }));
    return id;
  };
  const end = (userId: string): void => void (open = open.filter((one) => one.userId !== userId));
  return { guests, desktops, failures, logIn, startDesktop, end, sessions: () => open };
}

test('whatever guests do in which order, also at once: no limit is exceeded, and a sweep leaves no desktop behind', async () => {
  const step = fc.record({
    what: fc.constantFrom('log in', 'log in', 'log in at once', 'log out', 'start', 'sweep'),
    from: fc.constantFrom('192.0.2.1', '192.0.2.2', SHARED),
    index: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { guests, desktops, logIn, startDesktop, end, sessions } = stage();
      for (const { what, from, index } of steps) {
        const user = sessions()[index]?.userId;
        const before = await guests.count();
        const here = sessions().filter(({ address }) => address === from).length;
        const isFull = before >= 3 || (from !== SHARED && here >= 2);
        if (what.startsWith('log in')) {
          const logins = await Promise.allSettled(Array.from({ length: what === 'log in' ? 1 : 4 }, () => logIn(from)));
          const refused = logins.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
          for (const why of refused)
            assert.ok(why instanceof DeskpodError && why.code === 'too_many_open', String(why));
          if (what === 'log in') assert.equal(refused.length === 1, isFull);
        }
        if (what === 'start' && user !== undefined && !desktops.some((one) => one.userId === user)) startDesktop(user);
        if (what === 'log out' && user !== undefined) end(user);
        if (what === 'sweep') {
          await guests.sweep();
          for (const { userId } of desktops) assert.ok(sessions().some((one) => one.userId === userId));
        }
        assert.ok((await guests.count()) <= 3);
        for (const address of ['192.0.2.1', '192.0.2.2'])
          assert.ok(sessions().filter((one) => one.address === address).length <= 2);
      }
    }),
  );
});

test('a refusal says how many there are and which setting raises the limit', async () => {
  const { logIn } = stage();
  for (const _ of [1, 2]) await logIn('192.0.2.1');
  await assert.rejects(
    logIn('192.0.2.1'),
    failsWith('too_many_open', /2 guests .* address.* limits\.guestsPerAddress/),
  );
  await logIn('192.0.2.2');
  await assert.rejects(logIn('192.0.2.3'), failsWith('too_many_open', /3 guests .* limits\.guests\./));
});

test('the desktop of a guest without a session is removed, also one of an earlier server; a failure is tried again', async () => {
  const { guests, desktops, failures, logIn, startDesktop, end } = stage();
  const user = await logIn('192.0.2.1');
  const kept = startDesktop(user);
  startDesktop(randomUUID());
  startDesktop('anonymous', 'directory');
  failures.push('the engine is away');
  await guests.sweep();
  assert.equal(desktops.length, 3);
  await guests.sweep();
  assert.deepEqual(desktops.map(({ userId }) => userId).toSorted(), ['anonymous', user].toSorted());
  assert.ok(desktops.some(({ id }) => id === kept));
  end(user);
  await guests.sweep();
  assert.deepEqual(
    desktops.map(({ userId }) => userId),
    ['anonymous'],
  );
});

test('a session of an older server, which stored no end, lasts for a day', async () => {
  const { guests, desktops, logIn, startDesktop } = stage();
  const [recent, old] = [new Date(Date.now() - 3_600_000), new Date(Date.now() - 25 * 3_600_000)];
  const kept = startDesktop(await logIn('192.0.2.1', recent, null));
  startDesktop(await logIn('192.0.2.2', old, null));
  await guests.sweep();
  assert.deepEqual(
    desktops.map(({ id }) => id),
    [kept],
  );
});

test('logging in again and again from one address is slowed down', async () => {
  const logins = { open: async () => [], list: async () => [] };
  const guests = new Guests({
    limits: { guests: 100, guestsPerAddress: 100 },
    isShared: () => true,
    store: { logins },
    engine: { desktops: async () => [] },
    endDesktop: async () => {},
    failed: (what) => assert.fail(what),
    now: () => 0,
  });
  for (let index = 0; index < 60; index += 1) await guests.admit('127.0.0.1', async () => {});
  await assert.rejects(
    guests.admit('127.0.0.1', async () => {}),
    failsWith('too_many_attempts', /Try again in 1 s/),
  );
});
