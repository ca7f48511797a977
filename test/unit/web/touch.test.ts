/** Fingers as the pointer of the desktop, directly and as on a trackpad, and the part of the desktop that they show. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Button, type FingerMode, Gestures, type TouchOutput } from '../../../web/screen/touch/gestures.ts';
import type { Point } from '../../../web/screen/touch/point.ts';
import { fitted, following, WHOLE_SIZE, zoomed } from '../../../web/screen/touch/view.ts';

/** Gestures and what they did, as short texts. */
function hand(mode: FingerMode = 'direct') {
  const did: string[] = [];
  const pressed = new Set<Button>();
  let now = 0;
  let timer: { readonly at: number; readonly run: () => void } | null = null;
  const at = (point: Point | null): string =>
    point === null ? 'pointer' : `${Math.round(point.x)},${Math.round(point.y)}`;
  const output: TouchOutput = {
    moveBy: (way) => did.push(`by ${at(way)}`),
    moveTo: (point) => did.push(`to ${at(point)}`),
    press: (button) => (pressed.add(button), did.push(`+${button}`)),
    release: (button) => (pressed.delete(button), did.push(`-${button}`)),
    scroll: (point, way) => did.push(`scroll ${at(way)} at ${at(point)}`),
    pan: (way) => did.push(`pan ${at(way)}`),
    zoom: (point, factor) => did.push(`zoom ${factor} at ${at(point)}`),
    locked: (isLocked) => did.push(isLocked ? 'locked' : 'unlocked'),
  };
  const gestures = new Gestures(
    {
      mode: () => mode,
      now: () => now,
      later: (ms, then) => {
        const own = { at: now + ms, run: then };
        timer = own;
        return () => {
          if (timer === own) timer = null;
        };
      },
    },
    output,
  );
  const wait = (ms: number): void => {
    now += ms;
    if (timer === null || timer.at > now) return;
    const { run } = timer;
    timer = null;
    run();
  };
  const finger = (id: number, x: number, y: number) => ({ id, x, y });
  const tap = (x: number, y: number, fingers = 1): void => {
    const all = Array.from({ length: fingers }, (_, id) => finger(id, x + 40 * id, y));
    for (const one of all) gestures.start([one]);
    wait(50);
    for (const { id } of all) gestures.end([id]);
  };
  const change = (next: FingerMode): void => {
    mode = next;
    gestures.cancel();
  };
  return { gestures, wait, tap, finger, change, pressed, take: () => did.splice(0).join('; ') };
}

test('a tap clicks, with two fingers right, with three in the middle, with four not at all', () => {
  const { tap, wait, take } = hand();
  tap(10, 20);
  assert.equal(take(), 'to 10,20; +left; -left');
  wait(1_000);
  tap(10, 20, 2);
  assert.equal(take(), 'to 30,20; +right; -right');
  tap(10, 20, 3);
  assert.equal(take(), 'to 50,20; +middle; -middle');
  tap(10, 20, 4);
  assert.equal(take(), '');
});

test('two taps near each other are a double click in one place', () => {
  const { tap, wait, take } = hand();
  tap(100, 100);
  wait(100);
  tap(115, 90);
  assert.equal(take(), 'to 100,100; +left; -left; to 100,100; +left; -left');
  wait(400);
  tap(115, 90);
  assert.equal(take(), 'to 115,90; +left; -left', 'too late');
});

test('a finger that stays is a right click, once, and does not click when it leaves', () => {
  const { gestures, finger, wait, take } = hand();
  gestures.start([finger(1, 50, 60)]);
  gestures.move([finger(1, 54, 60)]);
  wait(500);
  assert.equal(take(), 'to 50,60; +right; -right');
  gestures.move([finger(1, 150, 60)]);
  gestures.end([1]);
  assert.equal(take(), '');
});

test('a finger that moves drags from where it began', () => {
  const { gestures, finger, take } = hand();
  gestures.start([finger(1, 50, 60)]);
  gestures.move([finger(1, 70, 60)]);
  gestures.move([finger(1, 90, 80)]);
  gestures.end([1]);
  assert.equal(take(), 'to 50,60; +left; to 70,60; to 90,80; -left');
});

test('two fingers scroll what is below them, or zoom when they part', () => {
  const { gestures, finger, take } = hand();
  gestures.start([finger(1, 100, 100), finger(2, 200, 100)]);
  gestures.move([finger(1, 100, 120), finger(2, 200, 120)]);
  gestures.move([finger(1, 100, 150), finger(2, 200, 150)]);
  gestures.end([1, 2]);
  assert.equal(take(), 'scroll 0,30 at 150,100');
  gestures.start([finger(1, 100, 100), finger(2, 200, 100)]);
  gestures.move([finger(1, 80, 100), finger(2, 220, 100)]);
  gestures.move([finger(1, 10, 100), finger(2, 290, 100)]);
  gestures.end([1, 2]);
  assert.equal(take(), 'pan 0,0; zoom 2 at 150,100');
});

test('as a trackpad, the finger moves the pointer, and a tap clicks where it is', () => {
  const { gestures, finger, tap, wait, take } = hand('trackpad');
  gestures.start([finger(1, 50, 60)]);
  gestures.move([finger(1, 70, 60)]);
  gestures.move([finger(1, 75, 62)]);
  gestures.end([1]);
  assert.equal(take(), 'by 20,0; by 5,2');
  wait(1_000);
  tap(300, 300);
  assert.equal(take(), '+left; -left');
  wait(1_000);
  tap(300, 300, 2);
  assert.equal(take(), '+right; -right');
});

test('as a trackpad, a tap and a drag hold the button over several ways, until the next tap', () => {
  const { gestures, finger, tap, wait, take, pressed } = hand('trackpad');
  const drag = (): void => {
    gestures.start([finger(1, 50, 60)]);
    gestures.move([finger(1, 90, 60)]);
    gestures.end([1]);
  };
  tap(50, 60);
  wait(100);
  drag();
  assert.equal(take(), '+left; -left; +left; by 40,0; locked');
  wait(1_000);
  drag();
  assert.equal(take(), 'by 40,0');
  assert.ok(pressed.has('left'));
  wait(1_000);
  tap(50, 60);
  assert.equal(take(), '-left; unlocked');
});

test('while panning, one or two fingers move the view, and nothing is clicked', () => {
  const { gestures, finger, tap, wait, take } = hand('panning');
  gestures.start([finger(1, 50, 60)]);
  gestures.move([finger(1, 70, 60)]);
  gestures.move([finger(1, 75, 80)]);
  gestures.end([1]);
  assert.equal(take(), 'pan 5,20');
  tap(10, 10);
  gestures.start([finger(1, 50, 60)]);
  wait(1_000);
  gestures.end([1]);
  assert.equal(take(), '');
});

test('whatever fingers do, a button is pressed only while they drag, and nothing stays pressed when they are cancelled', () => {
  const id = fc.integer({ min: 0, max: 3 });
  const place = fc.integer({ min: 0, max: 400 });
  const step = fc.oneof(
    fc.record({ what: fc.constantFrom('start', 'move', 'end'), id, x: place, y: place }),
    fc.record({ what: fc.constantFrom('wait', 'cancel'), id: fc.constant(0), x: place, y: place }),
  );
  const mode = fc.constantFrom<FingerMode>('direct', 'trackpad', 'panning');
  fc.assert(
    fc.property(mode, fc.array(step, { maxLength: 60 }), mode, (mode, steps, next) => {
      const { gestures, wait, change, pressed } = hand(mode);
      const down = new Set<number>();
      for (const { what, id, x, y } of steps) {
        if (what === 'start' && !down.has(id)) gestures.start([{ id, x, y }]);
        else if (what === 'move') gestures.move([{ id, x, y }]);
        else if (what === 'end' && down.delete(id)) gestures.end([id]);
        else if (what === 'wait') wait(x);
        else if (what === 'cancel') gestures.cancel();
        if (what === 'start') down.add(id);
        else if (what === 'cancel') down.clear();
        if (down.size === 0 && mode !== 'trackpad') assert.equal(pressed.size, 0);
      }
      change(next);
      assert.equal(pressed.size, 0);
    }),
  );
});

const PHONE = { width: 400, height: 700 };
const DESKTOP = { width: 960, height: 700 };

test('the view never leaves the desktop, and a desktop that is smaller is in the middle', () => {
  assert.deepEqual(fitted({ x: 50, y: -900, zoom: 1 }, DESKTOP, PHONE), { x: 0, y: 0, zoom: 1 });
  assert.deepEqual(fitted({ x: -2_000, y: 0, zoom: 2 }, DESKTOP, PHONE), { x: 400 - 1_920, y: 0, zoom: 2 });
  const all = fitted({ x: 0, y: 0, zoom: 0.1 }, DESKTOP, PHONE);
  assert.deepEqual([all.zoom, all.x, Math.round(all.y)], [400 / 960, 0, 204]);
  assert.equal(fitted({ x: 0, y: 0, zoom: 50 }, DESKTOP, PHONE).zoom, 4);
});

test('what is between the fingers stays there while they zoom', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 400 }),
      fc.integer({ min: 0, max: 700 }),
      fc.double({ min: 0.5, max: 3, noNaN: true }),
      (x, y, factor) => {
        const view = zoomed({ ...WHOLE_SIZE, x: -100 }, { x, y }, factor);
        assert.ok(Math.abs(view.x + (x + 100) * view.zoom - x) < 1e-6 && Math.abs(view.y + y * view.zoom - y) < 1e-6);
      },
    ),
  );
});

test('the view follows a pointer that comes near an edge', () => {
  assert.deepEqual(following({ x: 200, y: 300 }, PHONE), { x: 0, y: 0 });
  assert.deepEqual(following({ x: 10, y: 690 }, PHONE), { x: 30, y: -30 });
});
