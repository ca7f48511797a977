/**
 * Receives and decodes sound, and encodes and sends a microphone's, in a thread of its own, so that a page that is busy with
 * painting doesn't delay it. The page decides when to connect; messages of the gateway pass through as text.
 */
import { FRAME_HEADER_BYTES, FrameFlag, HEARD_EVERY_FRAMES } from '#protocol/sound-frames.ts';
import { OpusFrames, pcmSamples, receivable } from './decoder.ts';
import { Speech } from './speech.ts';
import type { FromWorker, Receivable, Samples, ToWorker, WorkerPorts } from './messages.ts';

addEventListener('message', ({ data }: MessageEvent<WorkerPorts>) => new Receiver(data), { once: true });

class Receiver {
  readonly #ports: WorkerPorts;
  #socket: WebSocket | null = null;
  #opus: OpusFrames | null = null;
  #codec: Promise<Receivable> = receivable();
  #wanted = false;
  #speech: Speech | null = null;
  #frames = 0;

  constructor(ports: WorkerPorts) {
    this.#ports = ports;
    ports.control.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => this.#take(data));
    ports.control.start();
  }

  #take(message: ToWorker): void {
    switch (message.kind) {
      case 'connect':
        return this.#connect(message.url, message.protocols);
      case 'listen':
        this.#wanted = message.wanted;
        return void this.#listen();
      case 'speak':
        return this.#speak(message.spoken);
      case 'hush':
        return this.#hush();
      case 'send':
        return this.#send(message.text);
      case 'close':
        return this.#socket?.close();
      default:
        return message satisfies never;
    }
  }

  #connect(url: string, protocols: readonly string[]): void {
    this.#socket?.close();
    const socket = new WebSocket(url, [...protocols]);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#frames = 0;
    socket.addEventListener('open', () => {
      this.#tell({ kind: 'connected' });
      void this.#listen();
      this.#speech?.announce();
    });
    socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (socket !== this.#socket) return;
      if (typeof data === 'string') this.#tell({ kind: 'notice', text: data });
      else if (data instanceof ArrayBuffer) this.#frame(data);
    });
    socket.addEventListener('close', ({ code }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      this.#tell({ kind: 'closed', code });
    });
  }

  async #listen(): Promise<void> {
    const codec = await this.#codec;
    this.#send(JSON.stringify({ kind: 'listen', codec: this.#wanted ? codec : 'none' }));
  }

  #frame(message: ArrayBuffer): void {
    const view = new DataView(message);
    const flags = view.getUint16(2);
    this.#frames += 1;
    if (this.#frames % HEARD_EVERY_FRAMES === 0)
      this.#send(JSON.stringify({ kind: 'heard', sequence: view.getUint16(0) }));
    const content = message.slice(FRAME_HEADER_BYTES);
    const starts = (flags & FrameFlag.start) !== 0;
    if (flags & FrameFlag.pcm) return this.#play(pcmSamples(content, starts));
    this.#opus ??= new OpusFrames(
      (samples) => this.#play(samples),
      () => this.#withoutDecoder(),
    );
    this.#opus.decode(content, starts);
  }

  #withoutDecoder(): void {
    this.#opus = null;
    this.#codec = Promise.resolve('pcm');
    void this.#listen();
  }

  #speak(spoken: MessagePort): void {
    this.#speech?.stop();
    this.#speech = new Speech(spoken, {
      announce: (codec) => this.#send(JSON.stringify({ kind: 'speak', codec })),
      send: (bytes, most) => {
        const socket = this.#socket;
        if (socket?.readyState === WebSocket.OPEN && socket.bufferedAmount <= most) socket.send(bytes);
      },
    });
  }

  #hush(): void {
    if (!this.#speech) return;
    this.#speech.stop();
    this.#speech = null;
    this.#send(JSON.stringify({ kind: 'speak', codec: 'none' }));
  }

  #play(samples: Samples): void {
    this.#ports.samples.postMessage(samples, [samples.left.buffer, samples.right.buffer]);
  }

  #send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #tell(message: FromWorker): void {
    this.#ports.control.postMessage(message, []);
  }
}
