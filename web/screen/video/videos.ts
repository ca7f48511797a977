/**
 * Which parts of the screen are shown as video: opens one for each part that moves, tells the gateway not to send what a video
 * covers, and takes it away again when the screen below it has its pixels. Whatever fails, the screen shows everything.
 */
import { ignore } from '#protocol/ignore.ts';
import type { MovingRegion, VideoArea, VideoCodec, VideoRate } from '#protocol/video.ts';

export interface VideoListeners {
  /** The first picture is there. */
  readonly painted: () => void;
  /** Of the last second, in pictures per second. */
  readonly rate: (decoded: number, painted: number) => void;
  readonly ended: () => void;
}

export interface VideoView {
  /** It covers the screen from now on. */
  reveal(): void;
  remove(): void;
}

export interface VideosOptions {
  /** The best first. */
  readonly codecs: readonly VideoCodec[];
  readonly ticket: () => Promise<string>;
  readonly open: (region: MovingRegion, codec: VideoCodec, token: string, listeners: VideoListeners) => VideoView;
  /** All areas that the gateway is to leave out. */
  readonly leaveOut: (areas: readonly VideoArea[]) => void;
  /** Calls after some milliseconds, unless the returned function is called. */
  readonly later: (ms: number, then: () => void) => () => void;
}

/** How long a video that has ended waits for the pixels below it. */
const FILL_MS = 1_500;
/** After failures one after the other. After the last, the screen is sent as it is. */
const RETRY_MS = [1_000, 5_000, 30_000];
/** Painted less than this share of what is decoded, this often one after the other: fewer pictures are enough. */
const KEEPS_UP = 0.75;
const SLOW_SECONDS = 3;
const RATES: readonly VideoRate[] = [60, 30, 20, 15, 10];

type Shown = Pick<MovingRegion, 'area'>;

interface Video {
  readonly region: MovingRegion;
  state: 'opening' | 'shown' | 'ending';
  view: VideoView | null;
  slowSeconds: number;
  cancel: () => void;
}

export class Videos {
  readonly #options: VideosOptions;
  #codecs: readonly VideoCodec[];
  #regions: readonly MovingRegion[] = [];
  #videos: Video[] = [];
  #failures = 0;
  #isPaused = false;
  #isOver = false;
  #most: VideoRate = 60;
  #cancelRetry: () => void = () => {};

  constructor(options: VideosOptions) {
    this.#options = options;
    this.#codecs = options.codecs;
  }

  /** All parts of the screen that move; none while nobody looks. */
  become(regions: readonly MovingRegion[]): void {
    this.#regions = regions;
    this.#follow();
  }

  /** The screen has its pixels of this area again. */
  filled(area: VideoArea): void {
    for (const video of this.#videos)
      if (video.state === 'ending' && isSameArea(video.region, { area })) this.#remove(video);
  }

  /** The screen is gone. */
  stop(): void {
    this.#isOver = true;
    this.#cancelRetry();
    for (const video of this.#videos) this.#remove(video);
  }

  #follow(): void {
    if (this.#isOver) return;
    const wanted = this.#isPaused ? [] : this.#regions.map((region) => this.#slowed(region));
    for (const video of this.#videos) {
      // One of another rate stays until the new one can replace it.
      const suits = video.state === 'shown' ? isSameArea : isSame;
      if (!wanted.some((region) => suits(region, video.region))) this.#finish(video);
    }
    for (const region of wanted)
      if (!this.#videos.some((video) => video.state !== 'ending' && isSame(region, video.region)))
        void this.#open(region);
  }

  #slowed({ area, fps }: MovingRegion): MovingRegion {
    return { area, fps: fps > this.#most ? this.#most : fps };
  }

  async #open(region: MovingRegion): Promise<void> {
    const [codec] = this.#codecs;
    if (codec === undefined) return;
    const video: Video = { region, state: 'opening', view: null, slowSeconds: 0, cancel: () => {} };
    this.#videos.push(video);
    try {
      const token = await this.#options.ticket();
      if (!this.#videos.includes(video) || video.state === 'ending') return;
      video.view = this.#options.open(region, codec, token, {
        painted: () => this.#painted(video),
        rate: (decoded, painted) => this.#rate(video, decoded, painted),
        ended: () => this.#ended(video, codec),
      });
    } catch (error) {
      ignore('the screen is shown without video')(error);
      this.#ended(video, codec);
    }
  }

  #painted(video: Video): void {
    if (video.state !== 'opening') return;
    video.state = 'shown';
    this.#failures = 0;
    video.view?.reveal();
    for (const other of this.#videos)
      if (other !== video && other.state === 'shown' && isSameArea(other.region, video.region)) this.#remove(other);
    this.#leaveOut();
  }

  #rate(video: Video, decoded: number, painted: number): void {
    video.slowSeconds = painted < decoded * KEEPS_UP ? video.slowSeconds + 1 : 0;
    const next = RATES.find((rate) => rate < video.region.fps);
    if (video.slowSeconds < SLOW_SECONDS || next === undefined) return;
    this.#most = next;
    this.#follow();
  }

  /** The region is still, or the video has failed. */
  #finish(video: Video): void {
    if (video.state === 'ending') return;
    if (video.state === 'opening') return this.#remove(video);
    video.state = 'ending';
    video.cancel = this.#options.later(FILL_MS, () => this.#remove(video));
    this.#leaveOut();
  }

  #ended(video: Video, codec: VideoCodec): void {
    if (!this.#videos.includes(video) || video.state === 'ending') return;
    // An encoder, or a decoder, may know only the simpler one.
    const simpler = video.state === 'opening' && this.#codecs[0] === codec ? this.#codecs.slice(1) : [];
    this.#isPaused = true;
    this.#finish(video);
    if (simpler.length > 0) this.#codecs = simpler;
    const wait = simpler.length > 0 ? 0 : RETRY_MS[this.#failures];
    this.#failures += simpler.length > 0 ? 0 : 1;
    if (wait === undefined) return this.#follow();
    this.#cancelRetry();
    this.#cancelRetry = this.#options.later(wait, () => {
      this.#isPaused = false;
      this.#follow();
    });
    this.#follow();
  }

  #leaveOut(): void {
    this.#options.leaveOut(this.#videos.filter(({ state }) => state === 'shown').map(({ region }) => region.area));
  }

  #remove(video: Video): void {
    video.cancel();
    this.#videos = this.#videos.filter((other) => other !== video);
    video.view?.remove();
  }
}

function isSame(one: MovingRegion, other: MovingRegion): boolean {
  return one.fps === other.fps && isSameArea(one, other);
}

function isSameArea({ area: one }: Shown, { area: other }: Shown): boolean {
  return one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;
}
