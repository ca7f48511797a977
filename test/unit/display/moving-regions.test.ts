/** What the X server is asked for to know what moves, and how little when nothing does. */
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { XEvent } from 'x11';
import { MovingRegions, type MotionConnection } from '#display/moving-regions.ts';
import type { MovingRegion } from '#protocol/video.ts';

const FILM = { x: 0, y: 0, w: 640, h: 360 };
const GONE = 404;

/** An X server whose windows are at 100, 50. */
class FakeX implements MotionConnection {
  readonly root = 1;
  readonly damage = new Map<number, number>();
  hasExtension = true;
  subtractions = 0;
  questions = 0;
  #notice: (event: XEvent) => void = () => {};
  #lastId = 1_000;

  onEvent(listener: (event: XEvent) => void): () => void {
    this.#notice = listener;
    return () => {};
  }

  async geometry(): Promise<{ xPos: number; yPos: number; width: number; height: number }> {
    this.questions += 1;
    return { xPos: 0, yPos: 0, width: 1280, height: 1024 };
  }

  async origin(window: number): Promise<{ destX: number; destY: number } | null> {
    return window === GONE ? null : { destX: 100, destY: 50 };
  }

  async damages(): ReturnType<MotionConnection['damages']> {
    if (!this.hasExtension) return null;
    return {
      majorOpcode: 143,
      Create: (damage, window) => this.damage.set(window, damage),
      Destroy: (damage) => {
        for (const [window, one] of this.damage) if (one === damage) this.damage.delete(window);
      },
      Subtract: () => (this.subtractions += 1),
    };
  }

  newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  draws(drawable: number, area = FILM): void {
    if (this.damage.has(drawable)) this.#notice({ name: 'DamageNotify', drawable, area });
  }
}

async function stage(t: TestContext, windows: readonly number[]) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1;
  const x = new FakeX();
  const told: (readonly MovingRegion[])[] = [];
  const regions = new MovingRegions(
    x,
    (moving) => told.push(moving),
    () => now,
  );
  await regions.start(windows);
  const waits = async (ms: number, each: () => void = () => {}): Promise<void> => {
    for (const end = now + ms; now < end;) {
      each();
      now += 33;
      t.mock.timers.tick(33);
      // What was asked is answered.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { x, told, regions, waits };
}

suite('the parts of the screen that move', () => {
  test('are told once when a film begins, and once when it is still', async (t) => {
    const { x, told, waits } = await stage(t, [7]);
    await waits(3_000, () => x.draws(7));
    assert.deepEqual(told, [[{ area: { x: 100, y: 50, width: 640, height: 360 }, fps: 30 }]]);
    await waits(3_000);
    assert.deepEqual(told[1], []);
  });

  test('cost nothing while nothing is drawn, and nothing is asked about typing', async (t) => {
    const { x, waits } = await stage(t, [7]);
    await waits(1_000, () => x.draws(7, { x: 0, y: 0, w: 300, h: 20 }));
    assert.equal(x.questions, 0);
    const { subtractions } = x;
    await waits(10_000);
    assert.deepEqual([x.subtractions, x.questions], [subtractions, 0]);
  });

  test('are none of a window that is gone, or minimised', async (t) => {
    const { x, told, regions, waits } = await stage(t, [7, GONE]);
    await waits(3_000, () => {
      x.draws(7);
      x.draws(GONE);
    });
    assert.equal(told.length, 1);
    regions.follow([GONE]);
    assert.deepEqual([...x.damage.keys()], [GONE]);
    await waits(3_000);
    assert.deepEqual(regions.regions, []);
  });

  test('a program that floods its window with drawing is not followed any more', async (t) => {
    const { x, waits, regions } = await stage(t, [7]);
    for (let event = 0; event < 1_000; event += 1) x.draws(7, { x: 0, y: 0, w: event, h: event });
    assert.equal(x.damage.size, 0);
    regions.follow([7, 8]);
    assert.deepEqual([...x.damage.keys()], [8]);
    await waits(100);
  });

  test('only the newest windows are followed', async (t) => {
    const { x } = await stage(
      t,
      Array.from({ length: 100 }, (_, window) => window + 10),
    );
    assert.equal(x.damage.size, 16);
    assert.ok(x.damage.has(109));
  });

  test('without the extension of the X server, nothing ever moves', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const x = new FakeX();
    x.hasExtension = false;
    const regions = new MovingRegions(x, () => assert.fail('nothing moves'));
    await regions.start([7]);
    regions.follow([8]);
    assert.equal(x.damage.size, 0);
  });
});
