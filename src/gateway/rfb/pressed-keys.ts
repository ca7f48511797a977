/** The keys that a viewer holds down, except modifiers. Pure. */
import type { ViewerMessage } from './messages.ts';

/** More than anybody has fingers. */
const MOST = 64;
/** Keysyms of X11: Shift_L to Hyper_R, ISO_Lock to ISO_Level5_Lock, Mode_switch, Num_Lock. */
const MODIFIERS = [
  [0xffe1, 0xffee],
  [0xfe01, 0xfe13],
  [0xff7e, 0xff7f],
] as const;

export class PressedKeys {
  /** Messages that release them, by keysym. */
  readonly #releases = new Map<number, Buffer>();

  note({ kind, bytes }: ViewerMessage): void {
    if (kind !== 'key' && kind !== 'extended_key') return;
    const isDown = kind === 'key' ? bytes.readUInt8(1) !== 0 : bytes.readUInt16BE(2) !== 0;
    const keysym = bytes.readUInt32BE(4);
    if (MODIFIERS.some(([first, last]) => keysym >= first && keysym <= last)) return;
    if (!isDown) this.#releases.delete(keysym);
    else if (this.#releases.size < MOST) {
      const release = Buffer.from(bytes);
      if (kind === 'key') release.writeUInt8(0, 1);
      else release.writeUInt16BE(0, 2);
      this.#releases.set(keysym, release);
    }
  }

  /** Messages that release all. */
  release(): Buffer {
    const messages = Buffer.concat([...this.#releases.values()]);
    this.#releases.clear();
    return messages;
  }
}
