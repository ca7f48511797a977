/** The start trace's bar, the terminal's position, the login form's messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StartTrace } from '#protocol/desktop.ts';
import { assert as check, integer, property } from 'fast-check';
import { emptyFields } from '../../../web/login/login-fields.ts';
import { shares, spentMs } from '../../../web/desktop/trace.ts';
import { firstPanel, inBounds, moved, pulledIn, resized } from '../../../web/terminal/geometry.ts';
import { en } from '../../../web/ui/strings/en/strings.ts';

const trace = (steps: StartTrace['steps'], usualMs: number | null, totalMs = 0): StartTrace => ({
  startedAt: '2026-01-01T00:00:00Z',
  kind: 'cold',
  steps,
  totalMs,
  usualMs,
});

test('the bar is as long as a start usually takes, and a running step grows in it', () => {
  const running = trace(
    [
      { name: 'home', state: 'done', ms: 50 },
      { name: 'create', state: 'running', ms: 0 },
      { name: 'display', state: 'waiting', ms: 0 },
    ],
    200,
    50,
  );
  assert.deepEqual(shares(running, 50), [
    { name: 'home', percent: 25 },
    { name: 'create', percent: 25 },
  ]);
  assert.equal(spentMs(running, 50), 100);
});

test('a start that takes longer than usual never overflows the bar', () => {
  const long = trace([{ name: 'create', state: 'running', ms: 900 }], 200, 900);
  const sum = shares(long, 100).reduce((total, { percent }) => total + percent, 0);
  assert.ok(sum <= 100.001, String(sum));
});

test('the terminal stays usable and reachable wherever it is dragged', () => {
  const bounds = { width: 1000, height: 600 };
  const far = integer({ min: -5000, max: 5000 });
  check(
    property(far, far, far, far, (dx, dy, dw, dh) => {
      const panel = resized(moved(firstPanel(bounds), dx, dy, bounds), dw, dh, bounds);
      assert.ok(panel.width >= 320 && panel.width <= 1000 && panel.height >= 160 && panel.height <= 600);
      assert.ok(panel.x + panel.width >= 80 && panel.x <= 920 && panel.y >= 0 && panel.y <= 560);
    }),
  );
});

test('a window smaller than the terminal’s minimum size shrinks it', () => {
  assert.equal(inBounds({ x: 0, y: 0, width: 700, height: 400 }, { width: 250, height: 120 }).width, 250);
});

test('the terminal moves into view when the window shrinks', () => {
  const shrunk = pulledIn({ x: 500, y: 300, width: 400, height: 300 }, { width: 390, height: 700 });
  assert.deepEqual(shrunk, { x: 0, y: 300, width: 390, height: 300 });
});

test('both empty fields are reported at once, and a space is not a name', () => {
  assert.deepEqual(emptyFields(' ', '', en.login), { name: 'Enter your username.', password: 'Enter your password.' });
  assert.deepEqual(emptyFields('hermes', ' ', en.login), {});
});
