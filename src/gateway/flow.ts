/** Moves bytes between a viewer and a stream with back-pressure, so that nothing piles up in the server. */
import type { Duplex, Readable } from 'node:stream';
import type { ViewerSocket } from './resume/viewer-socket.ts';

/** Enough for a full-screen update; more would only add delay. */
const PAUSE_ABOVE_BYTES = 512 * 1024;
const RESUME_BELOW_BYTES = 128 * 1024;

/** Sends the data of `source` as binary messages. `pass` gets each chunk, and returns what is to be sent of it. */
export function flowToSocket(source: Readable, socket: ViewerSocket, pass: (chunk: Buffer) => readonly Buffer[]): void {
  socket.on('room', () => {
    if (source.isPaused() && socket.bufferedAmount < RESUME_BELOW_BYTES) source.resume();
  });
  source.on('data', (chunk: Buffer) => {
    for (const piece of pass(chunk)) socket.send(piece);
    if (socket.bufferedAmount > PAUSE_ABOVE_BYTES) source.pause();
  });
  source.resume();
}

/** Writes to `sink`, and pauses the viewer while its buffer is full. */
export function writeFromSocket(socket: ViewerSocket, sink: Duplex, bytes: Buffer): void {
  if (sink.destroyed || sink.writableEnded || sink.write(bytes) || socket.isPaused) return;
  socket.pause();
  sink.once('drain', () => socket.resume());
}
