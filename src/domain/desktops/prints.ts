/**
 * What apps print. The printer of a desktop puts PDF files into a folder of the home; while a page of the user is
 * connected, this looks for new ones there. It looks only after the printer may have run: where services start when they
 * are first used, looking would start another one.
 */
import { MOST_PRINTS, type Print, type Prints as PrintsReply, type ShownPrint } from '#protocol/print.ts';
import { DeskpodError } from '../errors.ts';
import type { Engine, EngineDesktop } from '../ports/engine.ts';
import type { PrintFile, PrintFolder } from '../ports/prints.ts';
import type { Store } from '../ports/store.ts';
import { isNew, markShown, newPrints, type PrintMarker } from './print-marker.ts';
import { ShownPrints } from './shown-prints.ts';

const LOOK_MS = 1_000;
const LOOK_AGAIN_MS = 10_000;
const TIMEOUT_MS = 15_000;
/** A print that is found later than this, when a page connects, was made while nobody was there. */
const MISSED_MS = 10_000;
/** Prints that one look reports, the newest first: an app can create any number of files. The list has all of them. */
const MOST_TOLD = 20;

type Tell = (print: Print, missed: boolean) => void;
type Desktop = Pick<EngineDesktop, 'id' | 'createdAt' | 'services'>;

interface Watcher {
  readonly tell: Tell;
  /** Of what it was told. */
  marker: PrintMarker;
  /** Whether it has been told what was there when it came. */
  caughtUp: boolean;
}

interface Watch {
  readonly watchers: Set<Watcher>;
  /** When the folder was last read; null: not since the last watcher came. */
  lookedAt: Date | null;
  timer: NodeJS.Timeout | null;
  failing: boolean;
}

interface PrintDeps {
  readonly engine: Pick<Engine, 'serviceLastUsed' | 'desktops'>;
  readonly folder: PrintFolder;
  readonly values: Store['values'];
  readonly failed: (what: string, error: unknown) => void;
}

export class Prints implements Disposable {
  readonly #deps: PrintDeps;
  readonly #shown: ShownPrints;
  readonly #watches = new Map<string, Watch>();

  constructor(deps: PrintDeps) {
    this.#deps = deps;
    this.#shown = new ShownPrints(deps.values, deps.engine);
  }

  /** Calls `tell` for each print that wasn't shown yet, oldest first, until the returned function is called. */
  watch(desktop: Desktop, tell: Tell): () => void {
    if (missingService(desktop) !== null) return () => undefined;
    let stopped = false;
    let stop = (): void => undefined;
    this.#shown
      .of(desktop)
      .then((marker) => {
        if (!stopped) stop = this.#add(desktop.id, { tell, marker, caughtUp: false });
      })
      .catch((error: unknown) => this.#deps.failed('reading which prints were shown', error));
    return () => {
      stopped = true;
      stop();
    };
  }

  /** `service_unavailable` if the desktop can't print. */
  async list(desktop: Desktop): Promise<PrintsReply> {
    refuseWithout(desktop);
    const [{ prints, now }, marker] = await Promise.all([
      this.#deps.folder.list(desktop.id, AbortSignal.timeout(TIMEOUT_MS)),
      this.#shown.of(desktop),
    ]);
    const newest = prints.toSorted((a, b) => Date.parse(b.changedAt) - Date.parse(a.changedAt));
    const listed = newest.slice(0, MOST_PRINTS).map((print) => ({ ...print, new: isNew(print, marker, now) }));
    return { prints: listed, count: prints.length };
  }

  async read(desktop: Desktop, name: string): Promise<PrintFile> {
    refuseWithout(desktop);
    return await this.#deps.folder.read(desktop.id, name, AbortSignal.timeout(TIMEOUT_MS));
  }

  async remove(desktop: Desktop, name: string): Promise<void> {
    refuseWithout(desktop);
    await this.#deps.folder.remove(desktop.id, name, AbortSignal.timeout(TIMEOUT_MS));
  }

  /** A page has shown it: no page that connects later does. */
  async shown(desktop: Desktop, print: ShownPrint): Promise<void> {
    await this.#shown.mark(desktop, print);
  }

  #add(desktopId: string, watcher: Watcher): () => void {
    const watch = this.#watches.get(desktopId) ?? { watchers: new Set(), lookedAt: null, timer: null, failing: false };
    const first = watch.watchers.size === 0;
    watch.watchers.add(watcher);
    watch.lookedAt = null;
    if (first) {
      this.#watches.set(desktopId, watch);
      this.#look(desktopId, watch);
    }
    return () => {
      watch.watchers.delete(watcher);
      if (watch.watchers.size > 0) return;
      if (watch.timer) clearTimeout(watch.timer);
      if (this.#watches.get(desktopId) === watch) this.#watches.delete(desktopId);
    };
  }

  #look(desktopId: string, watch: Watch): void {
    const again = (ms: number): void => {
      if (watch.watchers.size > 0) watch.timer = setTimeout(() => this.#look(desktopId, watch), ms).unref();
    };
    this.#lookOnce(desktopId, watch).then(
      () => {
        watch.failing = false;
        again(LOOK_MS);
      },
      (error: unknown) => {
        // Once: the next attempts fail for the same reason.
        if (!watch.failing) this.#deps.failed(`looking for prints of ${desktopId}`, error);
        watch.failing = true;
        again(LOOK_AGAIN_MS);
      },
    );
  }

  async #lookOnce(desktopId: string, watch: Watch): Promise<void> {
    const usedAt = await this.#deps.engine.serviceLastUsed(desktopId, 'printer');
    if (usedAt === null || (watch.lookedAt !== null && usedAt < watch.lookedAt)) return;
    const watchers = [...watch.watchers];
    watch.lookedAt = new Date();
    const { prints, now } = await this.#deps.folder.list(desktopId, AbortSignal.timeout(TIMEOUT_MS)).catch((error) => {
      watch.lookedAt = null;
      throw error;
    });
    for (const watcher of watchers) tellOf(watcher, prints, now);
  }

  [Symbol.dispose](): void {
    for (const { watchers, timer } of this.#watches.values()) {
      watchers.clear();
      if (timer) clearTimeout(timer);
    }
    this.#watches.clear();
  }
}

function tellOf(watcher: Watcher, prints: readonly Print[], now: Date): void {
  for (const print of newPrints(prints, watcher.marker, now).slice(-MOST_TOLD)) {
    const age = now.getTime() - Date.parse(print.changedAt);
    watcher.marker = markShown(watcher.marker, print, now);
    watcher.tell(print, !watcher.caughtUp && age > MISSED_MS);
  }
  watcher.caughtUp = true;
}

/** Printing needs the printer, and the files service for what it printed. */
function missingService({ services }: Desktop): 'printer' | 'files' | null {
  if (services.printer === undefined) return 'printer';
  return services.files === undefined ? 'files' : null;
}

function refuseWithout(desktop: Desktop): void {
  const missing = missingService(desktop);
  if (missing === null) return;
  throw new DeskpodError('service_unavailable', `This desktop can't print: it doesn't have the service “${missing}”.`, {
    remedy: `An administrator can add ${missing} to the services; new desktops have it.`,
  });
}
