/** A key is allowed its rate, however its events are spread. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from '#domain/server/rate-limit.ts';

test('no minute has more than the rate and what was saved up before; the time to wait is enough, for each key', () => {
  const steps = fc.array(fc.record({ afterMs: fc.nat(20_000), key: fc.constantFrom('fry', 'leela') }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), steps, (perMinute, all) => {
      let now = 0;
      const rate = new RateLimit(perMinute, () => now);
      const allowed: { key: string; at: number }[] = [];
      for (const { afterMs, key } of all) {
        now += afterMs;
        const wait = rate.take(key);
        if (wait === null) {
          allowed.push({ key, at: now });
          const recent = allowed.filter((one) => one.key === key && one.at > now - 60_000);
          assert.ok(recent.length <= 2 * perMinute, `${recent.length} of ${perMinute} per minute`);
          continue;
        }
        assert.ok(wait >= 1 && wait <= 60, `waits ${wait} s`);
        now += wait * 1000;
        assert.equal(rate.take(key), null);
        allowed.push({ key, at: now });
      }
    }),
  );
});

test('the whole rate can be used at once', () => {
  const rate = new RateLimit(30, () => 0);
  assert.deepEqual(Array.from({ length: 32 }, () => rate.take('fry') === null).indexOf(false), 30);
});
