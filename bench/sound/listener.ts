/** Listens to a desktop as a page does, without a browser. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { bytesOf } from '#gateway/message-bytes.ts';
import { FRAME_HEADER_BYTES, HEARD_EVERY_FRAMES } from '#protocol/sound-frames.ts';
import { type ListenerMessage, SOUND_PATH } from '#protocol/sound.ts';
import { type Stage, TIMEOUT_MS } from '../stage.ts';

export class Listener implements Disposable {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Resolves when it hears something. `hear` gets each frame in this codec. */
  static async open(
    { product, client }: Stage,
    codec: 'opus' | 'pcm',
    hear: (frame: Buffer) => void = () => {},
  ): Promise<Listener> {
    const { token } = await client.desktop.ticket(undefined, 'sound');
    const protocols = ['binary', `deskpod.ticket.${token}`];
    const socket = new WebSocket(`${product.address.replace('http', 'ws')}${SOUND_PATH}`, protocols);
    const say = (message: ListenerMessage): void => socket.send(JSON.stringify(message));
    const heard = Promise.withResolvers<void>();
    let frames = 0;
    socket.on('message', (data, isBinary) => {
      if (!isBinary) return;
      const bytes = bytesOf(data);
      frames += 1;
      if (frames % HEARD_EVERY_FRAMES === 0) say({ kind: 'heard', sequence: bytes.readUInt16BE(0) });
      hear(bytes.subarray(FRAME_HEADER_BYTES));
      heard.resolve();
    });
    const late = setTimeout(() => heard.reject(new Error('nothing is heard')), TIMEOUT_MS);
    await once(socket, 'open', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    say({ kind: 'listen', codec });
    await heard.promise.finally(() => clearTimeout(late));
    return new Listener(socket);
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}
