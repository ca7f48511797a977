/** Passes on what a microphone says, from the browser's audio thread. */

class Capture extends AudioWorkletProcessor {
  #spoken: MessagePort | null = null;

  constructor() {
    super();
    // The port of the worker comes through the processor's own.
    this.port.addEventListener('message', ({ ports: [spoken] }: MessageEvent<unknown>) => {
      this.#spoken = spoken ?? null;
    });
    this.port.start();
  }

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const samples = input?.[0];
    // The browser uses its memory again.
    if (samples) this.#spoken?.postMessage(samples.slice());
    return true;
  }
}

registerProcessor('deskpod-capture', Capture);
