/** One HTTP request to the files service of a desktop. */
import { request as send, type IncomingMessage } from 'node:http';
import type { DesktopCredentials, Engine } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';

export interface FilesRequest {
  readonly method: 'PROPFIND' | 'GET' | 'DELETE';
  /** Percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The user of the files service. */
const USER = 'deskpod';

/** Resolves with the start of the answer; the signal ends the wait for it. The caller reads or destroys the rest. */
export async function ask(
  engine: Pick<Engine, 'connect'>,
  desktopId: string,
  { filesPassword }: Pick<DesktopCredentials, 'filesPassword'>,
  { method, path, headers = {} }: FilesRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const socket = await engine.connect(desktopId, 'files', signal);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const failed = (cause: unknown): void => {
    socket.destroy();
    reject(
      new DeskpodError('service_unavailable', 'The files of this desktop can’t be reached right now.', {
        remedy: 'Try again in a moment.',
        cause,
      }),
    );
  };
  const expire = (): void => failed(signal.reason);
  signal.addEventListener('abort', expire, { once: true });
  const auth = `${USER}:${filesPassword}`;
  const asked = send(
    { method, path, auth, headers: { ...headers, host: 'files', connection: 'close' }, createConnection: () => socket },
    (answer) => {
      answer.once('close', () => socket.destroy());
      resolve(answer);
    },
  );
  asked.on('error', failed);
  asked.end();
  return await promise.finally(() => signal.removeEventListener('abort', expire));
}
