/** Which launch each program that plays or records belongs to: asked once for each process, and remembered. */
import { ignore } from '#protocol/ignore.ts';
import type { RecordingProgram, SoundSource } from '#protocol/sound.ts';

/** Remembered processes; more than a desktop has at the same time. */
const MOST = 200;

export class SoundOwners {
  readonly #ask: (source: SoundSource) => Promise<string | null>;
  readonly #known = new Map<string, string | null>();
  readonly #changed: () => void;

  /** `changed` is called when another launch is known. */
  constructor(ask: (source: SoundSource) => Promise<string | null>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** Null until it is known. */
  launchOf({ pid, machine }: Pick<RecordingProgram, 'pid' | 'machine'>): string | null {
    const key = `${pid} ${machine}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(key, null);
    void this.#find(key, { pid, machine });
    return null;
  }

  async #find(key: string, source: SoundSource): Promise<void> {
    const launchId = await this.#ask(source).catch(ignore('its entry of the dock has no mark', null));
    if (launchId === null) return;
    this.#known.set(key, launchId);
    this.#changed();
  }
}
