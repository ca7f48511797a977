/** The room of a home between two measurements: what uploads write counts at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { Rooms } from '#gateway/files/rooms.ts';

function rooms() {
  let now = 1_000_000_000_000;
  return {
    made: new Rooms(() => now),
    pass: (ms: number): number => (now += ms),
    room: (bytes: number) => ({ bytes, measuredAt: now }),
  };
}

const full = failsWith('limit_reached', /no room left/);

test('uploads at once can’t pass the room together, not even while none has ended', () => {
  const { made, room } = rooms();
  const home = room(100);
  const leave = made.enter('d1', home, 60);
  assert.throws(() => made.enter('d1', home, 60), full);
  made.enter('d1', home, 40)(40);
  leave(60);
  assert.throws(() => made.enter('d1', home, 1), full);
  made.enter('d2', home, 100)(100);
});

test('what an upload didn’t write is room again, and a newer measurement knows what was written before', () => {
  const { made, pass, room } = rooms();
  made.enter('d1', room(100), 80)(10);
  made.enter('d1', room(100), 80)(80);
  assert.throws(() => made.enter('d1', room(100), 20), full);
  pass(20_000);
  made.enter('d1', room(20), 20)(0);
  assert.throws(() => made.enter('d1', room(20), 10, 30), full);
});

test('a home without a measured room takes everything', () => {
  const { made } = rooms();
  made.enter('d1', undefined, Number.MAX_SAFE_INTEGER)(1);
});
