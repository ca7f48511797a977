/** Somebody who listens to a desktop, and may speak. */
import type { SoundCodec, SoundNotice } from '#protocol/sound.ts';

export interface Hearer {
  readonly codec: SoundCodec;
  /** A frame in the codec that it wants; `starts` after silence. */
  hear(frame: Buffer, starts: boolean): void;
  note(notice: SoundNotice): void;
}
