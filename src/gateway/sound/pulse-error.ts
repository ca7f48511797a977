/** A sound server that refuses a request or violates PulseAudio's native protocol. */
export class PulseError extends Error {
  override readonly name = 'PulseError';
}
