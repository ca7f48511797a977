/** The display port: a desktop seen from outside as its X client. */
import type { Duplex } from 'node:stream';
import type { Window, WindowAction } from '../protocol/window.ts';

/** What an X server tells of the client that made a window. */
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
  /** Which launch owns a window's client: by pid for local ones, else by the client machine, then by startup id. */
  launchOf(client: XClient): Promise<string | null>;
}

/** Several X connections of one desktop never share state; one `Display` owns one connection and everything on it. */
export interface Display extends AsyncDisposable {
  /** In stacking order of creation; changes are told to `onChange` listeners, at most once per 30 ms. */
  readonly windows: readonly Window[];
  /** Returns how to stop listening. */
  onChange(listener: (windows: readonly Window[]) => void): () => void;
  /** A window became viewable for the first time. */
  onMapped(listener: (window: Window) => void): () => void;
  /** The X server went away. */
  onClose(listener: (reason: Error | null) => void): () => void;
  /** `not_found` for an unknown window id. */
  act(windowId: number, action: WindowAction): Promise<void>;
}

export type OpenDisplay = (source: DisplaySource, signal: AbortSignal) => Promise<Display>;
