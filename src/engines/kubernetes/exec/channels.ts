/** Opens the WebSocket behind the API server's exec and attach; `channel-stream.ts` has its streams. */
import type { Duplex, Readable } from 'node:stream';
import { Exec } from '@kubernetes/client-node';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { withDeadline } from '#domain/deadlines.ts';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { TerminalSize } from '#protocol/terminal.ts';
import type { ClusterApi } from '../cluster/api.ts';
import { ChannelStream, type End, message } from './channel-stream.ts';

const SIZE = 4;

const OPEN_TIMEOUT_MS = 15_000;

export interface Channels {
  /** Ending it ends the input, or breaks it with `engine_unavailable` where the API server cannot pass that on. */
  readonly stream: Duplex;
  /** Null when all output is in `stream`. */
  readonly stderr: Readable | null;
  resize(size: TerminalSize): Promise<void>;
  readonly end: Promise<End>;
  /** Resolves when the node has accepted the connection, after the API server did: output is complete from then on. */
  readonly accepted: Promise<void>;
  /** Resolves with the first output; never, when there is none. */
  readonly first: Promise<void>;
  /** The start of the output so far. */
  head(): string;
}

export interface OpenOptions {
  /** Whether there is any input. */
  readonly input?: boolean;
  /** Whether stderr has its own stream. */
  readonly separate?: boolean;
  /** The command ends both of its streams with its exit code, see `exit-mark.ts`. */
  readonly exitMark?: string | null;
  /** Called when the connection opened after it was abandoned, and was closed at once. */
  readonly abandoned?: (() => void) | undefined;
}

/** `conflict` when the container does not run, `not_found` when it is gone. */
export async function openChannels(
  api: ClusterApi,
  path: string,
  signal: AbortSignal,
  { input = true, separate = false, exitMark = null, abandoned }: OpenOptions = {},
): Promise<Channels> {
  const { promise: end, resolve } = Promise.withResolvers<End>();
  const stream = new ChannelStream(resolve, { input, separate, exitMark });
  const socket = await open(api, path, (channel, data) => stream.receive(channel, data), signal, abandoned);
  stream.attach(socket);
  const resize = async ({ columns, rows }: TerminalSize): Promise<void> => {
    if (socket.readyState === socket.OPEN)
      socket.send(message(SIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows }))));
  };
  const { stderr, taken: accepted, first } = stream;
  return { stream, stderr, resize, end, accepted, first, head: () => stream.head };
}

async function open(
  api: ClusterApi,
  path: string,
  receive: (channel: number, data: Buffer) => void,
  signal: AbortSignal,
  abandoned: (() => void) | undefined,
): Promise<WebSocket> {
  signal.throwIfAborted();
  const until = AbortSignal.any([signal, AbortSignal.timeout(OPEN_TIMEOUT_MS)]);
  // The client's stream handling has no back-pressure, so only its connection is used.
  const { handler } = new Exec(api.config);
  const connecting = handler.connect(path, null, (channel: number, data: Buffer) => {
    receive(channel, data);
    return true;
  });
  try {
    return await withDeadline(connecting, until);
  } catch (error) {
    const given = (socket: WebSocket): void => {
      socket.close();
      abandoned?.();
    };
    void connecting.then(given).catch(ignore('the connection was given up'));
    if (signal.aborted) throw signal.reason;
    throw refusal(error);
  }
}

/** Only the upgrade's response is known: 404 for what is gone, 500 for a container that does not run. */
function refusal(cause: unknown): DeskpodError {
  const message = z.looseObject({ message: z.string() }).safeParse(cause).data?.message ?? String(cause);
  const status = /Unexpected server response: (\d+)/.exec(message)?.[1];
  if (status === '404') return new DeskpodError('not_found', 'It has ended and is gone.', { cause });
  if (status === '403')
    return new DeskpodError('forbidden', 'The cluster does not let this server run commands in containers.', {
      remedy: 'Its role needs create and get of pods/exec and pods/attach.',
      cause,
    });
  if (status === '500' || status === '400')
    return new DeskpodError('conflict', 'It does not run, so no command can run in it.', { cause });
  return new DeskpodError('engine_unavailable', `The cluster runs no command there: ${message}.`, { cause });
}
