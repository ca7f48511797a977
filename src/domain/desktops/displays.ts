/** One X connection per desktop while it is in use: by listeners of its events, or a launch that waits for its window. */
import type { ClipboardOffer } from '#protocol/clipboard.ts';
import type { MovingRegion } from '#protocol/video.ts';
import type { Window, WindowAction } from '#protocol/window.ts';
import type { Display, DisplayClipboard, OpenDisplay } from '../ports/display.ts';
import type { Engine } from '../ports/engine.ts';
import { DeskpodError } from '../errors.ts';
import { ignore } from '#protocol/ignore.ts';

const OPEN_TIMEOUT_MS = 10_000;
/** A connection outlives its last use for a moment, for page reloads. */
const LINGER_MS = 5_000;
const RETRY_MS = [50, 200, 500, 1_000, 2_000, 5_000];

interface Entry {
  /** The number of users. It survives reconnections. */
  holders: number;
  display: Promise<Display> | null;
  timer: NodeJS.Timeout | null;
}

export interface DisplayEvents {
  windows(desktopId: string, windows: readonly Window[]): void;
  mapped(desktopId: string, window: Window): void;
  copied(desktopId: string, offer: ClipboardOffer | null): void;
  /** All parts of the screen that move. */
  moving(desktopId: string, regions: readonly MovingRegion[]): void;
  /** A program asks to open a file or link. */
  openRequested(desktopId: string, text: string): void;
}

/** Finds the launch of an X client whose process can't be read. */
export type LaunchGuess = (desktopId: string, client: { machine: string | null; wmClass: string }) => string | null;

interface DisplayDeps {
  readonly engine: Engine;
  readonly open: OpenDisplay;
  readonly guess: LaunchGuess;
  /** Whether it's of use to know what moves. */
  readonly hasVideo: (desktopId: string) => boolean;
  readonly events: DisplayEvents;
}

export class Displays implements AsyncDisposable {
  readonly #entries = new Map<string, Entry>();
  readonly #deps: DisplayDeps;
  readonly #closed = new AbortController();

  constructor(deps: DisplayDeps) {
    this.#deps = deps;
  }

  /** Opens the display, or uses the open one; call the returned function to release it. */
  hold(desktopId: string): () => void {
    const entry = this.#entries.get(desktopId) ?? { holders: 0, display: null, timer: null };
    this.#entries.set(desktopId, entry);
    entry.holders += 1;
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = null;
    if (!entry.display) this.#connect(desktopId, entry, 0);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#release(desktopId, entry);
    };
  }

  async windows(desktopId: string): Promise<readonly Window[]> {
    const display = await this.#entries.get(desktopId)?.display;
    return display?.windows ?? [];
  }

  /** All parts of the screen that move; none if the display isn't open. */
  async moving(desktopId: string): Promise<readonly MovingRegion[]> {
    const display = await this.#entries.get(desktopId)?.display;
    return display?.moving ?? [];
  }

  /** An icon of the desktop's windows, by the last part of its URL; null if it is unknown or the display isn't open. */
  async icon(desktopId: string, version: string): Promise<Buffer | null> {
    const display = await this.#entries.get(desktopId)?.display;
    return display?.icon(version) ?? null;
  }

  async act(desktopId: string, windowId: number, action: WindowAction): Promise<void> {
    await this.#use(desktopId, (display) => display.act(windowId, action));
  }

  /** What was copied last; null also if the display isn't open. */
  async clipboardOffer(desktopId: string): Promise<ClipboardOffer | null> {
    const display = await this.#entries.get(desktopId)?.display;
    return display?.clipboard.offer ?? null;
  }

  withClipboard<T>(desktopId: string, work: (clipboard: DisplayClipboard) => Promise<T>): Promise<T> {
    return this.#use(desktopId, (display) => work(display.clipboard));
  }

  /** The desktop is gone: remaining users receive nothing more. */
  forget(desktopId: string): void {
    const entry = this.#entries.get(desktopId);
    this.#entries.delete(desktopId);
    if (entry) void close(entry);
  }

  async #use<T>(desktopId: string, work: (display: Display) => Promise<T>): Promise<T> {
    const release = this.hold(desktopId);
    try {
      const display = await this.#entries.get(desktopId)?.display;
      if (!display) throw new DeskpodError('desktop_missing', 'The screen of this desktop can’t be reached right now.');
      return await work(display);
    } finally {
      release();
    }
  }

  #connect(desktopId: string, entry: Entry, attempt: number): void {
    const display = this.#openDisplay(desktopId);
    entry.display = display;
    display.then(
      (open) => this.#listen(desktopId, entry, open),
      () => this.#lost(desktopId, entry, attempt),
    );
  }

  async #openDisplay(desktopId: string): Promise<Display> {
    const engine = this.#deps.engine;
    const { xCookie } = await engine.credentials(desktopId);
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(OPEN_TIMEOUT_MS)]);
    return this.#deps.open(
      {
        xCookie,
        connect: () => engine.connect(desktopId, 'display', AbortSignal.timeout(OPEN_TIMEOUT_MS)),
        launchOf: async (client) => {
          const owner = client.pid === null ? null : await engine.launchOfProcess(desktopId, client.pid);
          return owner ?? this.#deps.guess(desktopId, client);
        },
      },
      signal,
    );
  }

  #listen(desktopId: string, entry: Entry, display: Display): void {
    display.onChange((windows) => this.#deps.events.windows(desktopId, windows));
    display.onMapped((window) => this.#deps.events.mapped(desktopId, window));
    display.clipboard.onChange((offer) => this.#deps.events.copied(desktopId, offer));
    if (this.#deps.hasVideo(desktopId)) display.onMoving((regions) => this.#deps.events.moving(desktopId, regions));
    display.onOpenRequest((text) => this.#deps.events.openRequested(desktopId, text));
    display.onClose(() => this.#lost(desktopId, entry, 0));
    this.#deps.events.windows(desktopId, display.windows);
    this.#deps.events.copied(desktopId, display.clipboard.offer);
    for (const window of display.windows) if (!window.minimised) this.#deps.events.mapped(desktopId, window);
  }

  /** The X server is gone or did not answer: retry while the display is in use, as the server restarts by itself. */
  #lost(desktopId: string, entry: Entry, attempt: number): void {
    entry.display = null;
    if (this.#entries.get(desktopId) !== entry) return;
    this.#deps.events.windows(desktopId, []);
    this.#deps.events.copied(desktopId, null);
    this.#deps.events.moving(desktopId, []);
    const wait = RETRY_MS[attempt];
    if (entry.holders === 0 || wait === undefined || this.#closed.signal.aborted) {
      this.#entries.delete(desktopId);
      return;
    }
    entry.timer = setTimeout(() => this.#connect(desktopId, entry, attempt + 1), wait).unref();
  }

  #release(desktopId: string, entry: Entry): void {
    entry.holders -= 1;
    if (entry.holders > 0 || this.#entries.get(desktopId) !== entry) return;
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.forget(desktopId), LINGER_MS).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    await Promise.all(entries.map(close));
  }
}

async function close(entry: Entry): Promise<void> {
  if (entry.timer) clearTimeout(entry.timer);
  const display = await entry.display?.catch(ignore('the display was never open', null));
  await display?.[Symbol.asyncDispose]();
}
