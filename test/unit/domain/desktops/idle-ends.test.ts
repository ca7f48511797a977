/** A desktop ends when nobody has had it open for its idle time, and not before. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { IdleEnds, type IdleEndsOptions } from '#domain/desktops/idle-ends.ts';
import { userPodName } from '#domain/names.ts';
import type { EngineDesktop } from '#domain/ports/engine.ts';
import { aRunningDesktop } from '../../../fixtures/engine-samples.ts';

const GUEST = randomUUID();
const FRY = aRunningDesktop({ id: 'fry-00000', userId: 'fry', home: 'kept' });
const OF_GUEST = aRunningDesktop({
  id: userPodName({ id: GUEST, provider: 'anonymous' }),
  userId: GUEST,
  home: 'lost',
});

function stage(desktops: EngineDesktop[], more: Partial<IdleEndsOptions> = {}) {
  const last = new Map<string, Date>();
  const told: string[] = [];
  const failures: string[] = [];
  const ends = new IdleEnds({
    idleSeconds: 3600,
    guestIdleSeconds: 1800,
    engine: { desktops: async () => [...desktops] },
    attendance: {
      last: async () => new Map(last),
      mark: async (users) => {
        for (const user of users) last.set(user, new Date());
      },
      keepOnly: async (users) => {
        for (const user of last.keys()) if (!users.has(user)) last.delete(user);
      },
    },
    debug: { hasOpenSession: async () => false },
    losses: async () => null,
    endDesktop: async (id) => {
      desktops.splice(
        desktops.findIndex((one) => one.id === id),
        1,
      );
    },
    notify: async (userId, level, text) => void told.push(`${userId} ${level} ${text}`),
    failed: (what) => void failures.push(what),
    ...more,
  });
  const left = () => desktops.map(({ id }) => id);
  return { ends, last, told, failures, left };
}

function clock(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: new Date('2026-01-01T00:00:00Z') });
  return { pass: (seconds: number) => t.mock.timers.tick(seconds * 1000) };
}

test('whenever it is attended and looked at: it ends at the first look after its whole idle time, counted from the first look', (t) => {
  const { pass } = clock(t);
  const step = fc.record({ afterSeconds: fc.nat(1500), attended: fc.boolean() });
  return fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { ends, last, left } = stage([FRY, OF_GUEST]);
      const idle = new Map([
        ['fry', 0],
        [GUEST, 0],
      ]);
      let isKnown = false;
      for (const { afterSeconds, attended } of steps) {
        pass(afterSeconds);
        for (const [user, seconds] of idle) idle.set(user, isKnown ? seconds + afterSeconds : 0);
        if (attended) for (const user of idle.keys()) idle.set(user, 0);
        if (attended) for (const user of idle.keys()) last.set(user, new Date());
        const before = left();
        await ends.sweep();
        isKnown = true;
        for (const [{ id, userId }, limit] of [
          [FRY, 3600],
          [OF_GUEST, 1800],
        ] as const)
          assert.equal(left().includes(id), before.includes(id) && (idle.get(userId) ?? 0) < limit);
      }
    }),
  );
});

test('the user learns why it ended and what happened to the files', async (t) => {
  const { pass } = clock(t);
  const { ends, told } = stage([FRY, OF_GUEST]);
  await ends.sweep();
  pass(7200);
  await ends.sweep();
  assert.deepEqual(told, [
    'fry info Your desktop was ended because nobody had it open for 1 hour. The files in your home folder are kept.',
    `${GUEST} info Your desktop was ended because nobody had it open for 30 minutes. The files in its home folder were deleted.`,
  ]);
});

test('with 0, none ends; nor with an open debug session, nor if files of a user would be deleted', async (t) => {
  const { pass } = clock(t);
  const stages = [
    stage([FRY, OF_GUEST], { idleSeconds: 0, guestIdleSeconds: 0 }),
    stage([FRY, OF_GUEST], { debug: { hasOpenSession: async () => true } }),
    stage([FRY], { losses: async () => 'its home folder would be deleted.' }),
  ];
  for (const { ends } of stages) await ends.sweep();
  pass(1_000_000);
  for (const { ends, left } of stages) {
    await ends.sweep();
    assert.ok(left().includes(FRY.id));
  }
  assert.equal(stages[0]?.left().length, 2);
});

test('it stays if the user comes back while its files are looked at', async (t) => {
  const { pass } = clock(t);
  const back: { come: () => void } = { come: () => {} };
  const losses = async () => {
    back.come();
    return null;
  };
  const { ends, last, left } = stage([FRY], { losses });
  await ends.sweep();
  pass(7200);
  back.come = () => last.set('fry', new Date());
  await ends.sweep();
  assert.deepEqual(left(), [FRY.id]);
});

test('a desktop that cannot be ended does not keep others, and is tried again', async (t) => {
  const { pass } = clock(t);
  const tried: string[] = [];
  const endDesktop = async (id: string): Promise<void> => {
    tried.push(id);
    if (id === FRY.id) throw new Error('the engine is away');
  };
  const { ends, failures, told } = stage([FRY, OF_GUEST], { endDesktop });
  await ends.sweep();
  pass(7200);
  await ends.sweep();
  await ends.sweep();
  assert.deepEqual(tried.filter((id) => id === FRY.id).length, 2);
  assert.equal(told.filter((one) => one.startsWith(GUEST)).length, 2);
  assert.deepEqual(failures, Array(2).fill(`ending the idle desktop ${FRY.id}`));
});
