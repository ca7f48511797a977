/** The files service of one desktop: WebDAV requests over streams that the gateway opens to it. */
import { type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import type { Duplex, Writable } from 'node:stream';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { releaseAfterRead } from './pace.ts';

const USER = 'deskpod';
/** Named in `Host` and in `Destination`, which have to be the same. */
const HOST = 'files';
const CONNECT_MS = 15_000;

export interface ServiceRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of a known length, in `headers`. A function writes it, and rejects if it breaks off. */
  readonly body?: string | Buffer | ((sink: Writable) => Promise<void>);
  /** How long the service may take to answer once it has the whole request. */
  readonly answerMs: number;
}

export class FilesService {
  readonly #connect: (signal: AbortSignal) => Promise<Duplex>;
  readonly #authorization: string;

  constructor(connect: (signal: AbortSignal) => Promise<Duplex>, password: string) {
    this.#connect = connect;
    this.#authorization = `Basic ${Buffer.from(`${USER}:${password}`).toString('base64')}`;
  }

  /** The response with its body, which the caller reads or destroys. Until then, aborting destroys the connection. */
  async request(
    { method, path, headers, body, answerMs }: ServiceRequest,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const stream = await this.#connect(AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)])).catch(
      (cause: unknown) => {
        signal.throwIfAborted();
        throw cause instanceof DeskpodError ? cause : unavailable(cause);
      },
    );
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = httpRequest({
      createConnection: () => stream,
      method,
      path,
      headers: { host: HOST, authorization: this.#authorization, connection: 'close', ...headers },
      signal,
    });
    let slow: NodeJS.Timeout | undefined;
    outgoing.once('finish', () => {
      slow = setTimeout(() => outgoing.destroy(new Error('the service doesn’t answer')), answerMs).unref();
    });
    // By then its parser has copied what it needs of each chunk.
    outgoing.once('socket', releaseAfterRead);
    outgoing.once('response', resolve);
    outgoing.on('error', (cause) => reject(signal.aborted ? signal.reason : unavailable(cause)));
    if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) outgoing.end(body);
    else
      body(outgoing).then(
        () => outgoing.end(),
        (cause: unknown) => {
          reject(cause instanceof DeskpodError ? cause : unavailable(cause));
          outgoing.destroy();
        },
      );
    try {
      const answer = await promise;
      answer.on('error', ignore('the reader of the body gets the error'));
      return answer;
    } catch (error) {
      outgoing.destroy();
      throw error;
    } finally {
      clearTimeout(slow);
    }
  }

  /** The status only. */
  async status(request: ServiceRequest, signal: AbortSignal): Promise<number> {
    const answer = await this.request(request, signal);
    answer.destroy();
    return answer.statusCode ?? 0;
  }

  /** The whole body; `payload_too_large` if it is longer than `most` bytes. */
  async read(
    request: ServiceRequest,
    most: number,
    signal: AbortSignal,
  ): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
    const answer = await this.request(request, signal);
    const slow = setTimeout(() => answer.destroy(new Error('the answer doesn’t end')), request.answerMs).unref();
    try {
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of answer) {
        const bytes = Buffer.from(chunk);
        length += bytes.length;
        if (length > most)
          throw new DeskpodError('payload_too_large', 'This folder has more entries than can be listed.');
        chunks.push(bytes);
      }
      const { statusCode: status = 0, headers } = answer;
      return { status, text: Buffer.concat(chunks).toString('utf8'), headers };
    } catch (cause) {
      signal.throwIfAborted();
      throw cause instanceof DeskpodError ? cause : unavailable(cause);
    } finally {
      clearTimeout(slow);
    }
  }
}

/** A `Destination` for the service. */
export function destinationUrl(path: string): string {
  return `http://${HOST}${path}`;
}

function unavailable(cause: unknown): DeskpodError {
  return new DeskpodError('service_unavailable', 'The files service of the desktop can’t be reached.', {
    remedy: 'Try again in a moment.',
    cause,
  });
}
