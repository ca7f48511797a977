/**
 * Packets of PulseAudio's native protocol (`pulsecore/pstream.c`): a descriptor of five words, then either a message or the
 * samples of a stream. Memory shared with the sound server is never offered, so packets that refer to it are an error.
 */
import { PulseError } from './pulse-error.ts';

const DESCRIPTOR_BYTES = 20;
/** The channel of messages. */
const CONTROL = 0xff_ff_ff_ff;
/** A list of all programs that play, with everything they say about themselves. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Many fragments of the size that was asked for. */
const MAX_SAMPLES_BYTES = 256 * 1024;
/** The low byte is how samples are placed; the bits above announce shared memory or its bookkeeping. */
const PLACEMENT = 0xff;

export type PulsePacket =
  | { readonly kind: 'message'; readonly bytes: Buffer }
  /** Samples of the stream with the number `channel`. */
  | { readonly kind: 'samples'; readonly channel: number; readonly bytes: Buffer };

/** Splits a byte stream into packets. */
export class PulsePackets {
  #pending: Buffer = Buffer.alloc(0);

  /** The packets that are complete now; throws {@link PulseError} for one that may not be sent. */
  push(bytes: Buffer): PulsePacket[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const packets: PulsePacket[] = [];
    while (this.#pending.length >= DESCRIPTOR_BYTES) {
      const length = checkedLength(this.#pending);
      const end = DESCRIPTOR_BYTES + length;
      if (this.#pending.length < end) break;
      const channel = this.#pending.readUInt32BE(4);
      const content = this.#pending.subarray(DESCRIPTOR_BYTES, end);
      this.#pending = this.#pending.subarray(end);
      packets.push(
        channel === CONTROL ? { kind: 'message', bytes: content } : { kind: 'samples', channel, bytes: content },
      );
    }
    return packets;
  }
}

/** A message as it is sent. */
export function messagePacket(content: Buffer): Buffer {
  const descriptor = Buffer.alloc(DESCRIPTOR_BYTES);
  descriptor.writeUInt32BE(content.length, 0);
  descriptor.writeUInt32BE(CONTROL, 4);
  return Buffer.concat([descriptor, content]);
}

/** Samples for the stream with the number `channel`, as they are sent. */
export function samplesPacket(channel: number, samples: Buffer): Buffer {
  const descriptor = Buffer.alloc(DESCRIPTOR_BYTES);
  descriptor.writeUInt32BE(samples.length, 0);
  descriptor.writeUInt32BE(channel, 4);
  return Buffer.concat([descriptor, samples]);
}

function checkedLength(descriptor: Buffer): number {
  const length = descriptor.readUInt32BE(0);
  const isMessage = descriptor.readUInt32BE(4) === CONTROL;
  if (descriptor.readUInt32BE(16) > (isMessage ? 0 : PLACEMENT))
    throw new PulseError('The sound server uses shared memory, which was not offered.');
  if (length > (isMessage ? MAX_MESSAGE_BYTES : MAX_SAMPLES_BYTES))
    throw new PulseError(`The sound server sent a packet of ${length} bytes.`);
  return length;
}
