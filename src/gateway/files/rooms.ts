/**
 * The room that homes have left: what it was when it was measured, less what this gateway has written since then. So several
 * uploads at once can't pass the limit together. Each replica of the gateway knows its own uploads only.
 */
import type { HomeRoom } from '#domain/ports/auth.ts';
import { failureOf, INSUFFICIENT_STORAGE } from './failures.ts';

/** Bytes are counted together for this long. */
const STEP_MS = 10_000;
/** No valid ticket has an older measurement. */
const KEPT_STEPS = 180;

interface Written {
  /** Of uploads that are under way. */
  open: number;
  /** By time: the end of each upload, in steps. */
  readonly ended: Map<number, number>;
}

export class Rooms {
  readonly #now: () => number;
  readonly #written = new Map<string, Written>();

  /** `now`: milliseconds since 1970, as the measurements have them. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * Counts an upload of `bytes` until the returned function says how many were written. Throws `limit_reached` if `needed`,
   * by default the same, don't fit. Without a measured room, everything does.
   */
  enter(
    desktopId: string,
    room: HomeRoom | undefined,
    bytes: number,
    needed: number = bytes,
  ): (written: number) => void {
    this.#forgetOld();
    const written = this.#written.get(desktopId) ?? { open: 0, ended: new Map<number, number>() };
    if (room !== undefined && needed > room.bytes - writtenSince(written, room.measuredAt))
      throw failureOf(INSUFFICIENT_STORAGE, '');
    this.#written.set(desktopId, written);
    written.open += bytes;
    return (count) => {
      const step = this.#step();
      written.open -= bytes;
      written.ended.set(step, (written.ended.get(step) ?? 0) + count);
    };
  }

  #step(): number {
    return Math.floor(this.#now() / STEP_MS);
  }

  #forgetOld(): void {
    const oldest = this.#step() - KEPT_STEPS;
    for (const [desktopId, { open, ended }] of this.#written) {
      for (const step of ended.keys()) if (step < oldest) ended.delete(step);
      if (open === 0 && ended.size === 0) this.#written.delete(desktopId);
    }
  }
}

function writtenSince({ open, ended }: Written, measuredAt: number): number {
  let sum = open;
  for (const [step, bytes] of ended) if ((step + 1) * STEP_MS > measuredAt) sum += bytes;
  return sum;
}
