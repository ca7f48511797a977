/** Somebody whose microphone the programs of a desktop may record. */
import type { SoundCodec, SoundNotice } from '#protocol/sound.ts';

/** The form in which it sends what it says. */
export type Voice = SoundCodec;

export interface Talker {
  readonly userId: string;
  note(notice: SoundNotice): void;
}
