/**
 * Decides for one viewer how its desktop is to encode the picture, and when it may send. Text stays without loss; what moves
 * and is photographic, and everything on a slow link, becomes JPEG, and is asked for again without loss when it rests. On a
 * slow link the gateway requests each update itself, when the link has room: so the newest state is sent, not a queue of
 * old ones. Reads no clock and has no timer: `now` is in ms, and `check` is to be called while `isBusy`.
 */
import type { Picture } from '#protocol/picture.ts';
import { RfbError } from '#gateway/rfb/error.ts';
import { ServerFramer } from '#gateway/rfb/framer.ts';
import type { MessageKind } from '#gateway/rfb/messages.ts';
import { continuousUpdates, switchesOn, updateRequest } from '#gateway/rfb/requests.ts';
import type { Area } from '#gateway/rfb/area.ts';
import { View } from '#gateway/view/view.ts';
import type { ScreenLayout } from '#protocol/screens.ts';
import { Holes } from './holes.ts';
import { type Level, Levels, withLevel, withoutCopies } from './level.ts';
import { Pace } from './pace.ts';
import { Watch } from './watch.ts';

/** Asked for again at once: a screen of 4K in a few steps. */
const REPEAT_PIXELS = 2_000_000;
/** The same while the link may be slow. */
const FIRST_REPEAT_PIXELS = 40_000;
/** On a slow link, a step takes about this long; each pixel needs about a byte. */
const SLOW_REPEAT_MS = 250;
/** What was asked for again without an answer. */
const REPEAT_AGAIN_MS = 3_000;
/** On a slow link, typing goes first. */
const INPUT_REST_MS = 600;
/** While a desktop changes its screens, it tells layouts that lack some of them. */
const MISSING_MS = 2_000;
/** How long a viewer may take to request its first update, which tells the screens. */
const FIRST_SCREENS_MS = 10_000;
/** Makes the desktop tell its screens. */
const ASK_FOR_SCREENS = updateRequest({ x: 0, y: 0, width: 1, height: 1 }, false);

export interface ControlOptions {
  readonly serverInit: Buffer;
  readonly picture: Picture;
  /** Sends a message to the desktop. */
  readonly tell: (bytes: Buffer) => void;
  /** A hole has its pixels again, after what `toViewer` returns. */
  readonly onFilled: (area: Area) => void;
  /** The stream isn't understood: from now on it passes as it is, encoded as the viewer wants. */
  readonly onLost: (error: RfbError) => void;
  /** The desktop has told its screens, and they aren't the ones of before. */
  readonly onScreens: (screens: ScreenLayout) => void;
  readonly onLayoutRefused: (code: number) => void;
  /** The screen that is to be shown doesn't exist. */
  readonly onScreenMissing: (screen: number) => void;
}

export class PictureControl {
  readonly #options: ControlOptions;
  readonly #watch: Watch;
  readonly #view: View;
  readonly #framer: ServerFramer;
  readonly #levels = new Levels();
  readonly #pace = new Pace();
  readonly #holes = new Holes();
  #picture: Picture;
  #isLost = false;
  /** What the desktop was told last. */
  #told: Level | null = null;
  #toldCopies = true;
  /** As the viewer sent it; null until then. */
  #encodings: Buffer | null = null;
  /** Null if the viewer hasn't switched them on. */
  #continuous: Buffer | null = null;
  #isPaced = false;
  /** The desktop has a request of ours that it hasn't answered. */
  #isRequested = false;
  /** Areas that a paced viewer gets again, one after the other. */
  #repeating: readonly Area[] = [];
  #repeatingSince = 0;
  #inputAt = Number.NEGATIVE_INFINITY;
  /** The screen that is to be shown isn't there since then, or later. */
  #missingSince = 0;

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#picture = options.picture;
    const [width, height] = [options.serverInit.readUInt16BE(0), options.serverInit.readUInt16BE(2)];
    this.#watch = new Watch(width, height, {
      painted: (area) => this.#holes.painted(area),
      updated: (hasPixels) => this.#updated(hasPixels),
    });
    this.#view = new View(options.serverInit, this.#watch, {
      onScreens: options.onScreens,
      onRefused: options.onLayoutRefused,
      onArea: () => this.#showArea(),
    });
    this.#framer = new ServerFramer(options.serverInit, this.#view);
  }

  setPicture(picture: Picture, now: number): void {
    this.#picture = picture;
    this.check(now);
  }

  /** All areas that the viewer has as video. What isn't one any more is sent again, then `onFilled` is called. */
  setHoles(holes: readonly Area[], now: number): void {
    const ended = this.#holes.become(holes);
    if (this.#isLost || this.#encodings === null) return this.#forgetHoles();
    // They may overlap, unlike the rectangles of one update.
    for (const hole of holes) {
      this.#watch.tiles.paint(hole, false, now);
      this.#watch.tiles.updateEnd();
    }
    // Again, because now there is more or less to ask for.
    this.#isRequested = false;
    this.check(now);
    this.#tellLevel(this.#told ?? 'lossless');
    this.#repeat(ended);
  }

  /** Shows only this screen, or everything for null. */
  setScreen(screen: number | null, now: number): void {
    if (screen !== this.#view.screen) this.#missingSince = now;
    this.#view.setScreen(screen);
    if (this.#encodings !== null) this.#options.tell(ASK_FOR_SCREENS);
  }

  /** What the viewer sees. */
  get size(): { readonly width: number; readonly height: number } {
    return this.#view.whole;
  }

  /** What is to be decided or asked for changes with time alone. */
  get isBusy(): boolean {
    if (this.#isLost) return false;
    if (this.#view.isMissing) return true;
    if (this.#encodings === null) return false;
    if (this.#isPaced) return !this.#watch.tiles.isEmpty || !this.#isRequested;
    return !this.#watch.tiles.isEmpty || this.#told !== 'lossless';
  }

  /** The viewer's message for the desktop: the same, a replacement, or null if it's withheld. */
  fromViewer(kind: MessageKind, bytes: Buffer, now: number): Buffer | null {
    if (this.#isLost) return bytes;
    const passed = this.#decided(kind, bytes, now);
    return passed === null ? null : this.#view.toDesktop(passed);
  }

  #decided(kind: MessageKind, bytes: Buffer, now: number): Buffer | null {
    if (kind === 'set_pixel_format') this.#framer.setPixelFormat(bytes);
    if (kind === 'key' || kind === 'extended_key' || kind === 'pointer') this.#inputAt = now;
    if (kind === 'fence' && !(bytes.readUInt8(4) & 0x80)) this.#returned(now);
    if (kind === 'continuous_updates') return this.#continuousFrom(bytes);
    if (kind !== 'set_encodings') return bytes;
    this.#encodings = bytes;
    this.#told = this.#decide(now);
    this.#toldCopies = !this.#holes.hasOld;
    return this.#encodingsFor(bytes, this.#told);
  }

  /** A chunk of the desktop for the viewer, in pieces. */
  toViewer(chunk: Buffer, now: number): Buffer[] {
    if (this.#isLost) return [chunk];
    const { held } = this.#framer;
    this.#watch.now = now;
    this.#view.seen = 0;
    try {
      this.#framer.push(chunk);
    } catch (error) {
      if (!(error instanceof RfbError)) throw error;
      const rest = Buffer.concat([held, chunk]).subarray(this.#view.seen);
      this.#lose(error);
      return [...this.#watch.out.take(), rest];
    }
    // Only a frugal viewer pays for what it gets.
    if (this.#picture === 'frugal') this.#pace.sent(chunk.length, now);
    this.check(now);
    return this.#watch.out.take();
  }

  check(now: number): void {
    if (this.#isLost) return;
    this.#checkScreen(now);
    if (this.#encodings === null) return;
    const level = this.#decide(now);
    this.#setPaced(this.#continuous !== null && (level === 'low' || !this.#holes.isEmpty));
    if (this.#isPaced) this.#advance(now, level);
    else {
      this.#tellLevel(level);
      if (level === 'lossless') this.#sharpen(now);
    }
  }

  #checkScreen(now: number): void {
    const { screen, isMissing, knowsScreens } = this.#view;
    const patience = knowsScreens ? MISSING_MS : FIRST_SCREENS_MS;
    if (!isMissing) this.#missingSince = now;
    else if (screen !== null && now - this.#missingSince > patience) this.#options.onScreenMissing(screen);
  }

  /** The viewer has nothing of it yet, and Xvnc sends what it was asked for last. */
  #showArea(): void {
    if (this.#encodings === null || this.#told === null) return;
    this.#tell(this.#encodingsFor(this.#encodings, this.#told));
    if (this.#continuous !== null && !this.#isPaced) this.#tell(continuousUpdates(true, this.#view.whole));
    this.#repeating = [];
    this.#isRequested = this.#isPaced;
    this.#tell(updateRequest(this.#view.whole, false));
  }

  /** In the coordinates of the viewer. */
  #tell(bytes: Buffer): void {
    this.#options.tell(this.#view.toDesktop(bytes));
  }

  /** Step by step, each when the viewer has what came before. */
  #sharpen(now: number): void {
    const { link, tiles } = this.#watch;
    if (link.bytesOnTheWay > 0) return;
    this.#repeat(tiles.take(now, link.isKnown ? REPEAT_PIXELS : FIRST_REPEAT_PIXELS, REPEAT_AGAIN_MS));
  }

  #decide(now: number): Level {
    const { content, link, hasPainted } = this.#watch;
    const circumstances = {
      picture: this.#picture,
      isSlow: link.isSlow,
      hasPainted,
      isMoving: content.isMoving(now),
      isPhotographic: content.isPhotographic(now),
      isStillPhotographic: content.isStillPhotographic(now),
    };
    return this.#levels.decide(circumstances, now);
  }

  #continuousFrom(bytes: Buffer): Buffer | null {
    const isOn = switchesOn(bytes);
    this.#continuous = isOn ? bytes : null;
    if (isOn) return this.#isPaced ? null : bytes;
    // The reply is for the viewer.
    this.#isPaced = false;
    return bytes;
  }

  #setPaced(isPaced: boolean): void {
    if (isPaced === this.#isPaced) return;
    this.#isPaced = isPaced;
    this.#isRequested = false;
    this.#repeating = [];
    if (!isPaced && this.#continuous !== null) return this.#tell(this.#continuous);
    this.#watch.endsToLeaveOut += 1;
    this.#tell(continuousUpdates(false, this.#view.whole));
  }

  /** The next request of a paced viewer. */
  #advance(now: number, level: Level): void {
    if (this.#repeating.length > 0 && now - this.#repeatingSince < REPEAT_AGAIN_MS) return;
    this.#repeating = [];
    const { link, tiles, content } = this.#watch;
    const rate = this.#picture === 'frugal' ? Math.min(Pace.frugal, link.bytesPerSecond) : link.bytesPerSecond;
    if (link.bytesOnTheWay > this.#pace.windowOf(rate)) return;
    if (this.#picture === 'frugal' && !this.#pace.allows(now)) return;
    const isIdle = link.bytesOnTheWay === 0 && now - this.#inputAt > INPUT_REST_MS && !content.isMoving(now);
    const due = isIdle ? tiles.take(now, (rate * SLOW_REPEAT_MS) / 1000, REPEAT_AGAIN_MS) : [];
    if (due.length > 0) {
      this.#tellLevel('lossless');
      this.#repeating = due;
      this.#repeatingSince = now;
      this.#repeat(due);
    } else if (!this.#isRequested) {
      this.#tellLevel(level);
      this.#isRequested = true;
      this.#request(this.#holes.around(this.#view.whole), true);
    }
  }

  #updated(hasPixels: boolean): void {
    for (const area of this.#holes.takeFilled(this.#view.whole)) this.#options.onFilled(area);
    if (!this.#isPaced) return;
    this.#isRequested = false;
    if (hasPixels) this.#repeating = [];
    // Before the pixels, Xvnc answers with the size of the screen, and forgets the request.
    else this.#request(this.#repeating, true);
  }

  #returned(now: number): void {
    this.#watch.link.fenceReturned(now);
    if (this.#isPaced || !this.#watch.tiles.isEmpty) this.check(now);
  }

  #repeat(areas: readonly Area[]): void {
    if (areas.length === 0) return;
    this.#watch.expectsRepeat = true;
    this.#request(areas, false);
  }

  #request(areas: readonly Area[], isIncremental: boolean): void {
    for (const area of areas) this.#tell(updateRequest(area, isIncremental));
  }

  #tellLevel(level: Level): void {
    const copies = !this.#holes.hasOld;
    if ((level === this.#told && copies === this.#toldCopies) || this.#encodings === null) return;
    this.#told = level;
    this.#toldCopies = copies;
    this.#tell(this.#encodingsFor(this.#encodings, level));
  }

  /** Xvnc would copy what the viewer doesn't have. */
  #encodingsFor(encodings: Buffer, level: Level): Buffer {
    const wanted = withLevel(encodings, level);
    return this.#holes.hasOld ? withoutCopies(wanted) : wanted;
  }

  #forgetHoles(): void {
    for (const area of this.#holes.takeAll()) this.#options.onFilled(area);
  }

  #lose(error: RfbError): void {
    this.#isLost = true;
    const { screen } = this.#view;
    if (screen !== null) this.#options.onScreenMissing(screen);
    if (this.#encodings !== null) this.#options.tell(this.#encodings);
    if (this.#isPaced && this.#continuous !== null) this.#options.tell(this.#continuous);
    this.#forgetHoles();
    this.#options.onLost(error);
  }
}
