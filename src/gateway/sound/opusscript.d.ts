/** The WebAssembly build inside the package `opusscript`, compiled by Emscripten; the package's own types hide it. */
declare module 'opusscript/build/opusscript_native_wasm.js' {
  interface Handler {
    /** Takes addresses; returns the bytes of the packet, or an error below 0. */
    _encode(input: number, inputBytes: number, output: number, samples: number): number;
    /** Takes addresses; returns the samples of each channel, or an error below 0. */
    _decode(input: number, inputBytes: number, output: number): number;
    _encoder_ctl(request: number, value: number): number;
  }

  interface Opus {
    /** These change when the memory grows. */
    readonly HEAPU8: Uint8Array;
    readonly HEAPU16: Uint16Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    readonly OpusScriptHandler: {
      new (rate: number, channels: number, application: number): Handler;
      destroy_handler(handler: Handler): void;
    };
  }

  export default function load(): Opus;
}
