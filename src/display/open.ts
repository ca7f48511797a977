/** Opens a desktop's display: one X connection, its live window list, actions on windows, and the clipboard. */
import type { Display, DisplaySource, OpenDisplay } from '#domain/ports/display.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { MovingRegion } from '#protocol/video.ts';
import type { Window, WindowAction } from '#protocol/window.ts';
import { type Memory, perform } from './actions.ts';
import { type Atoms, internAtoms } from './atoms.ts';
import { XConnection } from './connection.ts';
import { ClipboardSelection } from './selection.ts';
import { MovingRegions } from './moving-regions.ts';
import { OpenRequests } from './open-requests.ts';
import { WindowList } from './windows.ts';

/** `signal` only cancels the opening; afterwards the display stays open until it is disposed or the X server disconnects. */
export const openDisplay: OpenDisplay = async (source, signal) => {
  const x = await XConnection.open(await source.connect(), source.xCookie, signal);
  const abort = (): void => x.close(new DeskpodError('timeout', 'Opening the display was aborted.'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted();
    return await DesktopDisplay.start(x, await internAtoms(x), source);
  } catch (error) {
    x.close();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
};

class DesktopDisplay implements Display {
  readonly #x: XConnection;
  readonly #atoms: Atoms;
  readonly #list: WindowList;
  readonly clipboard: ClipboardSelection;
  readonly #requests: OpenRequests;
  readonly #memory: Memory = new Map();
  /** Null until somebody wants to know. */
  #moving: MovingRegions | null = null;
  readonly #changed = new Set<(windows: readonly Window[]) => void>();
  readonly #mapped = new Set<(window: Window) => void>();
  readonly #moved = new Set<(regions: readonly MovingRegion[]) => void>();
  readonly #closed = new Set<(reason: Error | null) => void>();
  #disposed = false;

  static async start(x: XConnection, atoms: Atoms, source: DisplaySource): Promise<DesktopDisplay> {
    const display = new DesktopDisplay(x, atoms, source);
    await Promise.all([display.#list.start(), display.clipboard.start()]);
    return display;
  }

  private constructor(x: XConnection, atoms: Atoms, source: DisplaySource) {
    this.#x = x;
    this.#atoms = atoms;
    this.#list = new WindowList(x, atoms, (client) => source.launchOf(client), {
      changed: (windows) => {
        this.#moving?.follow(shown(windows));
        this.#tell(this.#changed, windows);
      },
      mapped: (window) => this.#tell(this.#mapped, window),
    });
    this.clipboard = new ClipboardSelection(x, atoms);
    this.#requests = new OpenRequests(x, atoms);
    x.onClose((reason) => {
      this.#list.stop();
      this.clipboard.stop();
      this.#requests.stop();
      this.#moving?.stop();
      if (!this.#disposed) this.#tell(this.#closed, reason);
    });
  }

  get windows(): readonly Window[] {
    return this.#list.windows;
  }

  icon(version: string): Buffer | null {
    return this.#list.icon(version);
  }

  onChange(listener: (windows: readonly Window[]) => void): () => void {
    return listen(this.#changed, listener);
  }

  onMapped(listener: (window: Window) => void): () => void {
    return listen(this.#mapped, listener);
  }

  get moving(): readonly MovingRegion[] {
    return this.#moving?.regions ?? [];
  }

  onMoving(listener: (regions: readonly MovingRegion[]) => void): () => void {
    if (this.#moving === null) {
      this.#moving = new MovingRegions(this.#x, (regions) => this.#tell(this.#moved, regions));
      void this.#moving.start(shown(this.windows)).catch(ignore('the connection reports its end'));
    }
    return listen(this.#moved, listener);
  }

  onOpenRequest(listener: (text: string) => void): () => void {
    return this.#requests.listen(listener);
  }

  onClose(listener: (reason: Error | null) => void): () => void {
    return listen(this.#closed, listener);
  }

  async act(windowId: number, action: WindowAction): Promise<void> {
    const window = this.#list.find(windowId);
    if (!window) {
      throw new DeskpodError('not_found', `This desktop has no window ${windowId}. It may have closed.`);
    }
    this.#forgetGone();
    await perform(this.#x, this.#atoms, this.#memory, window, action);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#list.stop();
    this.clipboard.stop();
    this.#requests.stop();
    this.#moving?.stop();
    this.#x.close();
  }

  #forgetGone(): void {
    for (const id of this.#memory.keys()) if (!this.#list.find(id)) this.#memory.delete(id);
  }

  #tell<T>(listeners: ReadonlySet<(value: T) => void>, value: T): void {
    for (const listener of listeners) listener(value);
  }
}

function shown(windows: readonly Window[]): readonly number[] {
  return windows.filter(({ minimised }) => !minimised).map(({ id }) => id);
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
