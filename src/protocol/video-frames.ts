/** The head of a frame on the video WebSocket, in network order; without zod, for the page's worker. */

/** Sequence number and flags, 16 bit each, then the time at which it was taken in ms, 32 bit, from the encoder's start. */
export const VIDEO_HEADER_BYTES = 8;

/** Bits of the flags. */
export const VideoFlag = {
  /** It can be decoded without those before it. */
  key: 1,
} as const;
