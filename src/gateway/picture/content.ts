/** What was painted in the last moments: how much, and how expensive it is without loss. Pure. */

const SLOT_MS = 100;
/** Half a second tells whether something moves. */
const MOVING_SLOTS = 5;
/** What it's like takes longer: a large photo without loss takes a busy desktop a third of a second. */
const SLOTS = 15;
/** Text needs about 0.3 bytes per pixel without loss, photos 2 or more. */
const PHOTOGRAPHIC = 0.8;
/** A single photo that appears stays without loss. */
const PHOTOGRAPHIC_SLOTS = 2;
/** Less is typing, a blinking cursor, a clock. */
const LARGE_PIXELS = 60_000;

interface Slot {
  index: number;
  pixels: number;
  losslessPixels: number;
  losslessBytes: number;
}

export class Content {
  readonly #slots: Slot[] = Array.from({ length: SLOTS }, () => empty(-1));

  painted(pixels: number, bytes: number, isLossy: boolean, now: number): void {
    const slot = this.#slotAt(now);
    slot.pixels += pixels;
    if (isLossy) return;
    slot.losslessPixels += pixels;
    slot.losslessBytes += bytes;
  }

  isMoving(now: number): boolean {
    return this.#recent(now, MOVING_SLOTS).reduce((sum, { pixels }) => sum + pixels, 0) >= LARGE_PIXELS;
  }

  isPhotographic(now: number): boolean {
    return this.#looksPhotographic(now, PHOTOGRAPHIC_SLOTS);
  }

  /** One large update is enough: for content that was photographic a moment ago. */
  isStillPhotographic(now: number): boolean {
    return this.#looksPhotographic(now, 1);
  }

  #looksPhotographic(now: number, slots: number): boolean {
    const recent = this.#recent(now, SLOTS).filter(
      ({ losslessPixels }) => losslessPixels >= LARGE_PIXELS / MOVING_SLOTS,
    );
    const pixels = recent.reduce((sum, { losslessPixels }) => sum + losslessPixels, 0);
    const bytes = recent.reduce((sum, { losslessBytes }) => sum + losslessBytes, 0);
    return recent.length >= slots && pixels >= LARGE_PIXELS && bytes > PHOTOGRAPHIC * pixels;
  }

  #slotAt(now: number): Slot {
    const index = Math.floor(now / SLOT_MS);
    const known = this.#slots[index % SLOTS];
    if (known?.index === index) return known;
    return (this.#slots[index % SLOTS] = empty(index));
  }

  #recent(now: number, slots: number): Slot[] {
    const oldest = Math.floor(now / SLOT_MS) - slots;
    return this.#slots.filter(({ index }) => index > oldest);
  }
}

function empty(index: number): Slot {
  return { index, pixels: 0, losslessPixels: 0, losslessBytes: 0 };
}
