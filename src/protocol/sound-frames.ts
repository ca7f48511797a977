/** The frames of the sound WebSocket in numbers, for both ends; `sound.ts` describes them. */

/** Samples per second, of each of the two channels. */
export const SOUND_RATE = 48_000;
/** Samples of one frame, of each channel: 10 ms. */
export const FRAME_SAMPLES = 480;
export const FRAME_HEADER_BYTES = 4;
export const FrameFlag = {
  /** The first one after silence, or after frames that were left out. */
  start: 1,
  /** PCM instead of Opus. */
  pcm: 2,
} as const;

/** The gateway leaves frames out while this many that it sent weren't reported as heard: one second. */
export const MAX_UNHEARD_FRAMES = 100;
/** A listener reports at least after this many frames. */
export const HEARD_EVERY_FRAMES = 25;

/** Samples of one message of the microphone, which has one channel: 20 ms. */
export const SPOKEN_SAMPLES = 960;
export const SPOKEN_PER_SECOND = SOUND_RATE / SPOKEN_SAMPLES;
/** As PCM; Opus packets are smaller. Longer ones end the connection. */
export const MAX_SPOKEN_BYTES = SPOKEN_SAMPLES * 2;
/** After a delay of the network, so many messages may come at once: those beyond are dropped, by the page and by the gateway. */
export const MAX_SPOKEN_AT_ONCE = 25;
