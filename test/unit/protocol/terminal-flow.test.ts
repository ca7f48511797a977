/** Flow control of terminals: every byte once and in order, with no more in flight than the window permits. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { PIECE_BYTES, piecesOf, SendWindow, TakenBytes, WINDOW_BYTES } from '#protocol/terminal-flow.ts';
import { MAX_PASTE_BYTES, ShellInput } from '../../../web/terminal/shell-input.ts';

test('pieces together are the input, none larger than one message', () => {
  fc.assert(
    fc.property(fc.nat(3 * PIECE_BYTES), (length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
      const pieces = [...piecesOf(bytes)];
      assert.ok(pieces.every((piece) => piece.length > 0 && piece.length <= PIECE_BYTES));
      assert.deepEqual(Buffer.concat(pieces), Buffer.from(bytes));
    }),
    { numRuns: 20 },
  );
});

test('a sender is not limited until its receiver first confirms data', () => {
  const window = new SendWindow(false);
  window.sent(10 * WINDOW_BYTES);
  assert.equal(window.full, false);
  window.taken(0);
  assert.equal(window.full, true);
  window.taken(10 * WINDOW_BYTES);
  assert.deepEqual([window.full, window.outstanding], [false, 0]);
});

test('confirmations cover all data, at once for much of it and a moment later for little', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  fc.assert(
    fc.property(fc.array(fc.nat(WINDOW_BYTES)), (amounts) => {
      let told = 0;
      const taken = new TakenBytes((bytes) => (told += bytes));
      const all = amounts.reduce((sum, amount) => {
        taken.add(amount);
        // A sender that waits with a full window needs no clock.
        assert.ok(sum + amount - told < WINDOW_BYTES / 4);
        return sum + amount;
      }, 0);
      t.mock.timers.tick(1000);
      assert.equal(told, all);
    }),
  );
});

/** Types in any order of events. */
test('pasted text arrives once and in order, however slowly the shell reads', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ paste: fc.integer({ min: 2, max: 3 * WINDOW_BYTES }) }),
      fc.record({ take: fc.integer({ min: 1, max: WINDOW_BYTES }) }),
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (script) => {
      let [sent, taken, pasted] = [0, 0, 0];
      const input = new ShellInput((piece) => {
        assert.ok(sent - taken < WINDOW_BYTES);
        assert.equal(piece[0], (sent >> 4) & 0xff);
        sent += piece.length;
      });
      const take = (most: number): void => {
        const bytes = Math.min(most, sent - taken);
        taken += bytes;
        input.taken(bytes);
      };
      for (const step of script) {
        if ('take' in step) take(step.take);
        else {
          const length = step.paste & ~15;
          const from = pasted;
          assert.ok(input.add(Uint8Array.from({ length }, (_, index) => ((from + index) >> 4) & 0xff)));
          pasted += length;
        }
      }
      for (let left = pasted - taken; left > 0; left = pasted - taken) take(WINDOW_BYTES);
      assert.equal(sent, pasted);
    }),
    { numRuns: 30 },
  );
});

test('text that is too large is refused completely, and Ctrl-C passes waiting text', () => {
  const sent: number[] = [];
  const input = new ShellInput((piece) => sent.push(piece.length));
  assert.equal(input.add(new Uint8Array(MAX_PASTE_BYTES + 1)), false);
  assert.deepEqual(sent, []);
  assert.equal(input.add(new Uint8Array(2 * WINDOW_BYTES)), true);
  const before = sent.length;
  assert.equal(input.add(Uint8Array.of(3)), true);
  input.taken(WINDOW_BYTES);
  assert.deepEqual(sent.slice(before), [1]);
  input.restart();
  assert.equal(input.add(Uint8Array.of(65)), true);
  assert.equal(sent.at(-1), 1);
});
