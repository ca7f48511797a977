/** A terminal in the browser or on a command line: `protocol/terminal.ts` on one side, a command on the other. */
import type { WebSocket } from 'ws';
import type { Participant } from '#domain/debug/shared-terminal.ts';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { CloseCode } from '#protocol/screen.ts';
import { ClientMessage, MAX_INPUT_BYTES, parseMessage, type ServerMessage } from '#protocol/terminal.ts';
import { TakenBytes, WINDOW_BYTES } from '#protocol/terminal-flow.ts';
import { bytesOf } from './message-bytes.ts';
import { TerminalOutput } from './terminal-output.ts';

const MAX_CONTROL_BYTES = 1024;
const HEARTBEAT_MS = 30_000;
/** Ends the input of a program at a terminal. */
const CTRL_D = '\u0004';

/** A separate command, or a participant's connection to a shared one. */
export type TerminalEnd = ExecSession & Partial<Pick<Participant, 'onNews'>>;

/** Owns both until either ends. When the client leaves, the command gets a hangup, which ends a shell. */
export function bridgeTerminal(ws: WebSocket, exec: TerminalEnd, { tagged } = { tagged: false }): void {
  const output = new TerminalOutput(ws, exec, tagged);
  const input = new TerminalInput(ws, exec);
  const stopBeating = keepAlive(ws, output);
  ws.on('error', () => ws.terminate());
  ws.on('message', (data, isBinary) => {
    const bytes = bytesOf(data);
    if (isBinary) input.write(bytes);
    else control(ws, exec, input, output, bytes);
  });
  ws.once('close', () => {
    stopBeating();
    input.stop();
    exec.stream.destroy();
  });
  exec.stream.on('error', ignore('reported at the end of the output'));
  exec.onNews?.((news) => send(ws, news));
  void output.ended.then((failure) => finish(ws, exec, failure));
}

/** Input of the command; acknowledges to the client what the command has consumed. */
class TerminalInput {
  readonly #ws: WebSocket;
  readonly #exec: ExecSession;
  readonly #taken: TakenBytes;
  #pending = 0;

  constructor(ws: WebSocket, exec: ExecSession) {
    this.#ws = ws;
    this.#exec = exec;
    this.#taken = new TakenBytes((bytes) => send(ws, { type: 'taken', bytes }));
  }

  write(bytes: Buffer): void {
    const { stream } = this.#exec;
    if (bytes.length > MAX_INPUT_BYTES) refuse(this.#ws, CloseCode.tooBig, 'More than 1 MiB of input in one message.');
    // Input for a command that reads no more counts as consumed.
    else if (stream.destroyed || stream.writableEnded) this.#taken.add(bytes.length);
    else {
      this.#pending += bytes.length;
      stream.write(bytes, () => this.#written(bytes.length));
      // For a client that ignores the acknowledgements.
      if (this.#pending > 2 * WINDOW_BYTES) this.#ws.pause();
    }
  }

  end(): void {
    const { stream, stderr } = this.#exec;
    if (stream.destroyed || stream.writableEnded) return;
    if (stderr === null) stream.write(CTRL_D);
    else stream.end();
  }

  stop(): void {
    this.#taken.stop();
  }

  #written(bytes: number): void {
    this.#pending -= bytes;
    this.#taken.add(bytes);
    if (this.#ws.isPaused && this.#pending <= 2 * WINDOW_BYTES) this.#ws.resume();
  }
}

function control(ws: WebSocket, exec: ExecSession, input: TerminalInput, output: TerminalOutput, bytes: Buffer): void {
  const message = bytes.length > MAX_CONTROL_BYTES ? null : parseMessage(ClientMessage, bytes.toString());
  if (message === null) refuse(ws, CloseCode.protocol, 'Only resize, end and taken messages are supported.');
  else if (message.type === 'end') input.end();
  else if (message.type === 'taken') output.taken(message.bytes);
  else {
    const { columns, rows } = message;
    exec.resize({ columns, rows }).catch(ignore('the command has just ended'));
  }
}

async function finish(ws: WebSocket, exec: ExecSession, failure: Error | null): Promise<void> {
  if (failure !== null) send(ws, { type: 'error', message: sentenceOf(failure) });
  const exitCode = await exec.exitCode.catch(ignore('the exit code is unknown', null));
  send(ws, { type: 'exit', exitCode });
  // A paused socket would never read the reply to the close.
  ws.resume();
  ws.close(CloseCode.normal);
}

function sentenceOf(failure: Error): string {
  return failure instanceof DeskpodError ? failure.toSentence() : `The terminal failed: ${failure.message}`;
}

function refuse(ws: WebSocket, code: CloseCode, why: string): void {
  send(ws, { type: 'error', message: why });
  ws.close(code, why);
}

function send(ws: WebSocket, message: ServerMessage): void {
  if (ws.readyState === ws.OPEN) ws.send(JSON.stringify(message));
}

function keepAlive(ws: WebSocket, output: TerminalOutput): () => void {
  let alive = true;
  ws.on('pong', () => {
    alive = true;
  });
  const timer = setInterval(() => {
    // A client that is busy with output answers later; a lost connection makes the output fail.
    if (!alive && !ws.isPaused && !output.behind) ws.terminate();
    alive = false;
    ws.ping();
  }, HEARTBEAT_MS).unref();
  return () => clearInterval(timer);
}
