/** The global scope of an AudioWorklet, which TypeScript's `dom` library leaves out. */
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
