/** A terminal in the browser: binary messages are its bytes both ways, text messages the protocol of `terminal.ts`. */
import type { WebSocket } from 'ws';
import type { Seat } from '#domain/debug/shared-terminal.ts';
import type { ExecSession } from '#domain/engine.ts';
import { CloseCode } from '#protocol/screen.ts';
import { TerminalMessage } from '#protocol/terminal.ts';
import { bytesOf, flowToSocket, writeFromSocket } from './flow.ts';

/** One message of input: a large paste. */
const MAX_INPUT_BYTES = 1024 * 1024;
const MAX_CONTROL_BYTES = 1024;
const EXIT_CODE_MS = 5000;
const HEARTBEAT_MS = 30_000;

/** A command of its own, or a seat at one that others share. */
export type TerminalEnd = ExecSession & Partial<Pick<Seat, 'onNews'>>;

/** Owns both until either ends. The command is hung up on when the browser leaves, which ends a shell. */
export function bridgeTerminal(ws: WebSocket, exec: TerminalEnd): void {
  const { stream } = exec;
  const stopBeating = keepAlive(ws);
  ws.on('error', () => ws.terminate());
  ws.on('message', (data, isBinary) => {
    const bytes = bytesOf(data);
    if (isBinary) input(ws, exec, bytes);
    else control(ws, exec, bytes);
  });
  ws.once('close', () => {
    stopBeating();
    stream.destroy();
  });
  stream.once('error', (error) => tell(ws, { type: 'error', message: `The terminal broke: ${error.message}` }));
  stream.once('close', () => void finish(ws, exec));
  stream.once('end', () => stream.destroy());
  exec.onNews?.((news) => tell(ws, news));
  flowToSocket(stream, ws, () => {});
  if (stream.destroyed) void finish(ws, exec);
}

function input(ws: WebSocket, exec: ExecSession, bytes: Buffer): void {
  if (bytes.length > MAX_INPUT_BYTES) ws.close(CloseCode.tooBig, 'more than 1 MiB of input in one message');
  else writeFromSocket(ws, exec.stream, bytes);
}

function control(ws: WebSocket, exec: ExecSession, bytes: Buffer): void {
  const message = bytes.length > MAX_CONTROL_BYTES ? null : parse(bytes.toString());
  if (message?.type !== 'resize') {
    ws.close(CloseCode.protocol, 'only resize messages are understood');
    return;
  }
  const { columns, rows } = message;
  // A command that has just ended has no size any more; its end is told by the stream.
  exec.resize({ columns, rows }).catch(() => {});
}

function parse(text: string): TerminalMessage | null {
  try {
    return TerminalMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

async function finish(ws: WebSocket, exec: ExecSession): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), EXIT_CODE_MS).unref();
  const exitCode = await Promise.race([exec.exitCode.catch(() => null), late]);
  clearTimeout(timer);
  tell(ws, { type: 'exit', exitCode });
  // A paused socket would never read the answer to the close.
  ws.resume();
  ws.close(CloseCode.normal);
}

function tell(ws: WebSocket, message: TerminalMessage): void {
  if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message));
}

function keepAlive(ws: WebSocket): () => void {
  let alive = true;
  ws.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    if (!alive && !ws.isPaused) ws.terminate();
    alive = false;
    ws.ping();
  }, HEARTBEAT_MS).unref();
  return () => clearInterval(timer);
}
