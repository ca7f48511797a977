/** Which parts of the screen a page shows as video, and what it tells the gateway, with an encoder that a test can end. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { MovingRegion, VideoArea, VideoCodec, VideoRate } from '#protocol/video.ts';
import { type VideoListeners, Videos } from '../../../web/screen/video/videos.ts';

const FILM: VideoArea = { x: 10, y: 20, width: 640, height: 360 };
const OTHER: VideoArea = { x: 100, y: 420, width: 320, height: 240 };

interface Opened extends VideoListeners {
  readonly region: MovingRegion;
  readonly codec: VideoCodec;
  state: 'hidden' | 'shown' | 'removed';
}

class Page {
  readonly opened: Opened[] = [];
  /** What the gateway leaves out. */
  holes: readonly VideoArea[] = [];
  ticket = async (): Promise<string> => 'ticket';
  readonly videos: Videos;
  #now = 0;
  #timers: { readonly at: number; readonly ring: () => void }[] = [];

  constructor(codecs: readonly VideoCodec[] = ['h264-444', 'h264']) {
    this.videos = new Videos({
      codecs,
      ticket: () => this.ticket(),
      open: (region, codec, _, listeners) => {
        const opened: Opened = { region, codec, state: 'hidden', ...listeners };
        this.opened.push(opened);
        return { reveal: () => (opened.state = 'shown'), remove: () => (opened.state = 'removed') };
      },
      leaveOut: (areas) => (this.holes = areas),
      later: (ms, ring) => {
        const timer = { at: this.#now + ms, ring };
        this.#timers.push(timer);
        return () => (this.#timers = this.#timers.filter((other) => other !== timer));
      },
    });
  }

  async moves(...regions: readonly (VideoArea & { readonly fps?: VideoRate })[]): Promise<void> {
    this.videos.become(regions.map(({ fps = 30, ...area }) => ({ area, fps })));
    await settled();
  }

  async waits(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { ring } of due) ring();
    await settled();
  }

  get last(): Opened {
    const last = this.opened.at(-1);
    assert.ok(last);
    return last;
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

suite('a part of the screen that moves', () => {
  test('is covered when its first picture is there, and only then left out', async () => {
    const page = new Page();
    await page.moves(FILM);
    assert.deepEqual([page.last.state, page.holes], ['hidden', []]);
    page.last.painted();
    assert.deepEqual([page.last.state, page.holes], ['shown', [FILM]]);
  });

  test('stays covered when it is still, until the screen has its pixels', async () => {
    const page = new Page();
    await page.moves(FILM);
    page.last.painted();
    await page.moves();
    assert.deepEqual([page.last.state, page.holes], ['shown', []]);
    page.videos.filled(OTHER);
    assert.equal(page.last.state, 'shown');
    page.videos.filled(FILM);
    assert.equal(page.last.state, 'removed');
  });

  test('does not wait for pixels forever', async () => {
    const page = new Page();
    await page.moves(FILM);
    page.last.painted();
    await page.moves();
    await page.waits(2_000);
    assert.equal(page.last.state, 'removed');
  });

  test('that is still before its first picture was never covered', async () => {
    const page = new Page();
    await page.moves(FILM);
    await page.moves();
    assert.equal(page.last.state, 'removed');
    page.last.painted();
    assert.deepEqual(page.holes, []);
  });

  test('goes on while another one begins and ends', async () => {
    const page = new Page();
    await page.moves(FILM);
    page.last.painted();
    await page.moves(FILM, OTHER);
    page.last.painted();
    assert.deepEqual(page.holes, [FILM, OTHER]);
    await page.moves(FILM);
    assert.deepEqual(page.holes, [FILM]);
    assert.equal(page.opened[0]?.state, 'shown');
  });

  test('has its new rate without a gap', async () => {
    const page = new Page();
    await page.moves(FILM);
    const [first] = page.opened;
    page.last.painted();
    await page.moves({ ...FILM, fps: 60 });
    assert.equal(first?.state, 'shown');
    page.last.painted();
    assert.deepEqual([first?.state, page.last.state, page.holes], ['removed', 'shown', [FILM]]);
  });

  test('is painted less often by a page that cannot keep up', async () => {
    const page = new Page();
    await page.moves({ ...FILM, fps: 60 });
    page.last.painted();
    for (let second = 0; second < 3; second += 1) page.last.rate(60, 25);
    await settled();
    assert.equal(page.last.region.fps, 30);
    page.last.painted();
    await page.moves({ ...FILM, fps: 60 });
    assert.equal(page.opened.length, 2);
  });
});

suite('where video fails, the screen shows everything', () => {
  test('an encoder that knows only simple colours is asked for these', async () => {
    const page = new Page();
    await page.moves(FILM);
    page.last.ended();
    await page.waits(0);
    assert.deepEqual(
      page.opened.map(({ codec, state }) => [codec, state]),
      [
        ['h264-444', 'removed'],
        ['h264', 'hidden'],
      ],
    );
  });

  test('an encoder that ends is tried again after a second', async () => {
    const page = new Page();
    await page.moves(FILM);
    page.last.painted();
    page.last.ended();
    assert.deepEqual(page.holes, []);
    await page.waits(500);
    assert.equal(page.opened.length, 1);
    await page.waits(500);
    assert.equal(page.opened.length, 2);
  });

  test('a desktop without video is asked a few times, then no more', async () => {
    const page = new Page(['h264']);
    let asked = 0;
    page.ticket = async () => {
      asked += 1;
      throw new Error('This desktop has no video service.');
    };
    await page.moves(FILM);
    for (let minute = 0; minute < 10; minute += 1) await page.waits(60_000);
    assert.equal(asked, 4);
    assert.deepEqual([page.opened, page.holes], [[], []]);
  });

  test('a browser that decodes nothing opens nothing', async () => {
    const page = new Page([]);
    await page.moves(FILM);
    assert.deepEqual(page.opened, []);
  });

  test('a screen that is gone has no videos, and none are opened later', async () => {
    const page = new Page();
    await page.moves(FILM);
    page.last.painted();
    page.videos.stop();
    assert.equal(page.last.state, 'removed');
    await page.moves(OTHER);
    assert.equal(page.opened.length, 1);
  });
});
