/** The last print of each desktop that was shown to its user. In the store, so that every server knows it. */
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import type { ShownPrint } from '#protocol/print.ts';
import type { Engine, EngineDesktop } from '../ports/engine.ts';
import type { Store } from '../ports/store.ts';
import { markerFrom, markShown, PrintMarker } from './print-marker.ts';

const KEY = 'prints';

const Markers = z.record(z.string(), PrintMarker);
type Markers = z.output<typeof Markers>;

export class ShownPrints {
  readonly #values: Store['values'];
  readonly #engine: Pick<Engine, 'desktops'>;

  constructor(values: Store['values'], engine: Pick<Engine, 'desktops'>) {
    this.#values = values;
    this.#engine = engine;
  }

  async of({ id, createdAt }: Pick<EngineDesktop, 'id' | 'createdAt'>): Promise<PrintMarker> {
    return read(await this.#values.get(KEY))[id] ?? markerFrom(createdAt);
  }

  /** Forgets desktops that are gone. */
  async mark({ id, createdAt }: Pick<EngineDesktop, 'id' | 'createdAt'>, print: ShownPrint): Promise<void> {
    const there = new Set((await this.#engine.desktops()).map((desktop) => desktop.id));
    await this.#values.change(KEY, (value) => {
      const kept = Object.entries(read(value)).filter(([desktopId]) => there.has(desktopId));
      const markers = Object.fromEntries(kept);
      return JSON.stringify({ ...markers, [id]: markShown(markers[id] ?? markerFrom(createdAt), print, new Date()) });
    });
  }
}

function read(value: string | null): Markers {
  try {
    return Markers.parse(JSON.parse(value ?? '{}'));
  } catch (error) {
    return ignore('the stored prints are unreadable', {})(error);
  }
}
