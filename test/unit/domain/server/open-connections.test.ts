/** Each user has at most the limit of each kind open, and what is closed doesn't count. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DeskpodError } from '#domain/errors.ts';
import { CONNECTION_KINDS, type ConnectionKind, OpenConnections } from '#domain/server/open-connections.ts';
import { failsWith } from '../../../fixtures/fails-with.ts';
import { LIMITS } from '../../../fixtures/limits.ts';

const SMALL = { terminals: 2, streams: 3, screens: 1, upgradesPerMinute: 10_000 };

test('whatever is opened and closed in which order, also twice: the counts are true and no limit is exceeded', () => {
  const step = fc.record({
    user: fc.constantFrom('fry', 'leela'),
    kind: fc.constantFrom(...CONNECTION_KINDS),
    closes: fc.option(fc.nat(30)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const connections = new OpenConnections(SMALL);
      const model: { user: string; kind: ConnectionKind; isOpen: boolean; close: () => void }[] = [];
      const counted = (user: string, kind: ConnectionKind): number =>
        model.filter((one) => one.isOpen && one.user === user && one.kind === kind).length;
      for (const { user, kind, closes } of steps) {
        const one = closes === null ? undefined : model[closes];
        if (one) {
          one.close();
          one.isOpen = false;
        } else {
          const isFull = counted(user, kind) >= SMALL[kind];
          try {
            model.push({ user, kind, isOpen: true, close: connections.open(user, kind) });
            assert.equal(isFull, false);
          } catch (error) {
            assert.ok(error instanceof DeskpodError && error.code === 'too_many_open', String(error));
            assert.equal(isFull, true);
          }
        }
        for (const each of CONNECTION_KINDS) assert.equal(connections.of(user)[each], counted(user, each));
      }
    }),
  );
});

test('a refusal says the limit, what is open and which setting raises it', () => {
  const connections = new OpenConnections(SMALL);
  connections.open('fry', 'terminals');
  connections.open('fry', 'terminals');
  assert.throws(
    () => connections.open('fry', 'terminals'),
    failsWith('too_many_open', /You have 2 terminals open, the most .* Close one.* limits\.terminals/),
  );
});

test('terminals and screens have a common rate; streams and other users are not affected', () => {
  const connections = new OpenConnections({ ...LIMITS, upgradesPerMinute: 10 }, () => 0);
  for (let index = 0; index < 10; index += 1) connections.open('fry', index % 2 === 0 ? 'terminals' : 'screens')();
  assert.throws(
    () => connections.open('fry', 'screens'),
    failsWith('too_many_attempts', /10 per minute.*6 s.*upgradesPerMinute/),
  );
  connections.open('fry', 'streams');
  connections.open('leela', 'screens');
});
