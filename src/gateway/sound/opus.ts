/**
 * Encodes frames as Opus, and decodes what a microphone sends. Uses the WebAssembly of `opusscript` without its own class, whose encoders keep views of memory
 * that is moved when a later encoder makes it grow: the 56th broke the first.
 */
import loadOpus from 'opusscript/build/opusscript_native_wasm.js';
import { FRAME_SAMPLES, SOUND_RATE, SPOKEN_SAMPLES } from '#protocol/sound-frames.ts';

const CHANNELS = 2;
/** `OPUS_APPLICATION_RESTRICTED_LOWDELAY`: 2.5 ms look-ahead instead of 6.5. */
const LOW_DELAY = 2051;
const SET_BITRATE = 4002;
const SET_COMPLEXITY = 4010;
const BITS_PER_SECOND = 96_000;
/** Of 10: half of the time that 10 takes, without a difference that people hear at this bit rate. */
const COMPLEXITY = 5;
const MAX_PACKET_BYTES = 3_828;
/** `OPUS_APPLICATION_VOIP`; decoders don't use it. */
const VOICE = 2048;
/** Samples of the longest packet that there is: 120 ms. */
const MAX_PACKET_SAMPLES = 5_760;

export const FRAME_BYTES = FRAME_SAMPLES * CHANNELS * 2;

type Opus = ReturnType<typeof loadOpus>;

let shared: Opus | null = null;

function opus(): Opus {
  shared ??= loadOpus();
  return shared;
}

export class OpusEncoder implements Disposable {
  readonly #opus = opus();
  readonly #handler;
  /** Addresses in the shared memory. */
  readonly #input: number;
  readonly #output: number;

  constructor() {
    this.#handler = new this.#opus.OpusScriptHandler(SOUND_RATE, CHANNELS, LOW_DELAY);
    this.#handler._encoder_ctl(SET_BITRATE, BITS_PER_SECOND);
    this.#handler._encoder_ctl(SET_COMPLEXITY, COMPLEXITY);
    // It takes each byte as a 16 bit word.
    this.#input = this.#opus._malloc(FRAME_BYTES * 2);
    this.#output = this.#opus._malloc(MAX_PACKET_BYTES);
  }

  /** `frame` has {@link FRAME_BYTES}. */
  encode(frame: Buffer): Buffer {
    this.#opus.HEAPU16.set(frame, this.#input / 2);
    const bytes = this.#handler._encode(this.#input, FRAME_BYTES, this.#output, FRAME_SAMPLES);
    if (bytes < 0) throw new Error(`Opus failed with error ${bytes}.`);
    return Buffer.from(this.#opus.HEAPU8.subarray(this.#output, this.#output + bytes));
  }

  [Symbol.dispose](): void {
    this.#opus.OpusScriptHandler.destroy_handler(this.#handler);
    this.#opus._free(this.#input);
    this.#opus._free(this.#output);
  }
}

/** Of one channel. */
export class OpusDecoder implements Disposable {
  readonly #opus = opus();
  readonly #handler;
  readonly #input: number;
  readonly #output: number;

  constructor() {
    this.#handler = new this.#opus.OpusScriptHandler(SOUND_RATE, 1, VOICE);
    this.#input = this.#opus._malloc(MAX_PACKET_BYTES);
    // It returns each byte as a 16 bit word.
    this.#output = this.#opus._malloc(MAX_PACKET_SAMPLES * 2 * 2);
  }

  /** 16 bit samples, little endian; null if it isn't a packet of {@link SPOKEN_SAMPLES}. */
  decode(packet: Buffer): Buffer | null {
    if (packet.length > MAX_PACKET_BYTES) return null;
    this.#opus.HEAPU8.set(packet, this.#input);
    const samples = this.#handler._decode(this.#input, packet.length, this.#output);
    if (samples !== SPOKEN_SAMPLES) return null;
    return Buffer.from(this.#opus.HEAPU16.subarray(this.#output / 2, this.#output / 2 + samples * 2));
  }

  [Symbol.dispose](): void {
    this.#opus.OpusScriptHandler.destroy_handler(this.#handler);
    this.#opus._free(this.#input);
    this.#opus._free(this.#output);
  }
}
