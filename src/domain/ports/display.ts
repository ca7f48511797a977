/** The display port: access to a desktop's windows and clipboard as an X client. */
import type { Duplex } from 'node:stream';
import type { ClipboardForm, ClipboardOffer, ClipboardType } from '#protocol/clipboard.ts';
import type { MovingRegion } from '#protocol/video.ts';
import type { Window, WindowAction } from '#protocol/window.ts';

/** What an X server knows about the client of a window. */
export interface XClient {
  /** As the X server sees it; null for clients on other machines. */
  readonly pid: number | null;
  /** `WM_CLIENT_MACHINE` */
  readonly machine: string | null;
  /** `_NET_STARTUP_ID` of the window or its group. */
  readonly startupId: string | null;
  /** `instance.Class`, or empty. */
  readonly wmClass: string;
}

export interface DisplaySource {
  /** A fresh byte stream to the X server; called once per connection. */
  connect(): Promise<Duplex>;
  /** MIT-MAGIC-COOKIE-1, 32 hexadecimal digits. */
  readonly xCookie: string;
  /** The launch of a window's client: by pid for local ones, else by the client machine, then by startup id. */
  launchOf(client: XClient): Promise<string | null>;
}

/** The desktop's clipboard. Text alone is there, too. */
export interface DisplayClipboard {
  /** What was copied last; null if there is nothing that can be transferred. */
  readonly offer: ClipboardOffer | null;
  /** Also hears of what `write` puts there. At most ten times a second. Returns a function that stops listening. */
  onChange(listener: (offer: ClipboardOffer | null) => void): () => void;
  /**
   * One form of the offer, in UTF-8 except for pictures; one at a time. `not_found` if something else was copied since or
   * the form doesn't exist, `payload_too_large`, `timeout` if the program that copied it doesn't send it.
   */
  read(id: string, type: ClipboardType, maxBytes: number): Promise<Buffer>;
  /** Replaces what is there. It lasts as long as this display is open, or until something else is copied. */
  write(forms: readonly ClipboardForm<Buffer>[], from: string | null): Promise<ClipboardOffer>;
}

/** Several X connections of one desktop never share state; one `Display` owns one connection and everything on it. */
export interface Display extends AsyncDisposable {
  /**
   * In order of creation. `onChange` listeners hear of changes at most once per 30 ms, and of more than 30 windows less
   * often: at most 1000 windows are listed per second.
   */
  readonly windows: readonly Window[];
  /** Returns a function that stops listening. */
  onChange(listener: (windows: readonly Window[]) => void): () => void;
  /** A window became viewable for the first time. */
  onMapped(listener: (window: Window) => void): () => void;
  /** All parts of the screen that move; none before somebody listens to `onMoving`. */
  readonly moving: readonly MovingRegion[];
  /** From the first listener on, the display finds out what moves. */
  onMoving(listener: (regions: readonly MovingRegion[]) => void): () => void;
  /**
   * A program asks to open a file or link: `text` is what it wrote, at most 4096 bytes of any content. Requests of before
   * are reported, too, once; two displays of one desktop never report the same one.
   */
  onOpenRequest(listener: (text: string) => void): () => void;
  /** The X server went away. */
  onClose(listener: (reason: Error | null) => void): () => void;
  /** The PNG at `iconUrl` of a window, by the last part of the URL; null if no window has had it lately. */
  icon(version: string): Buffer | null;
  readonly clipboard: DisplayClipboard;
  /** `not_found` for an unknown window id. */
  act(windowId: number, action: WindowAction): Promise<void>;
}

export type OpenDisplay = (source: DisplaySource, signal: AbortSignal) => Promise<Display>;

/** Resolves when a window manager manages the display; rejects when the signal aborts first. */
export type WindowManagerReady = (
  connect: () => Promise<Duplex>,
  xCookie: string,
  signal: AbortSignal,
) => Promise<void>;
