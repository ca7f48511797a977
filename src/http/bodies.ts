/**
 * Receives bodies piece by piece, no faster than the other users of the process notice, and refuses JSON at the first
 * piece that shows why.
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { DeskpodError } from '#domain/errors.ts';
import { Throttle } from '#domain/throttle.ts';
import { CharsetError, decodeText, EncodingError, encodingOf } from '#protocol/decode-text.ts';
import { ignore } from '#protocol/ignore.ts';
import { JsonShape } from './json-shape.ts';

/** Of all bodies together, beyond the first bytes of each. */
const BYTES_PER_SECOND = 32 * 1024 * 1024;
const UNTHROTTLED_BYTES = 64 * 1024;
/** Of all refused bodies together. */
const DISCARDED_BYTES_PER_SECOND = 8 * 1024 * 1024;
/** How long a client waits at most before it can send its next body after a refused one. */
const LONGEST_REFUSAL_MS = 2_000;
/** As many as tell the encoding. */
const FIRST_BYTES = 4;
/** For the rest of a refused body. */
const LONGEST_MS = 30_000;

export interface BodyLimits {
  readonly bytes: number;
  /** Brackets, commas and quotes of JSON. */
  readonly marks: number;
}

export class Bodies {
  readonly #received = new Throttle(BYTES_PER_SECOND);
  readonly #discarded = new Throttle(DISCARDED_BYTES_PER_SECOND);

  /**
   * The text of a JSON body, in the charset that the header names. Throws `payload_too_large`, `unsupported_media_type` or
   * `invalid_request`, and leaves the rest of the body to `discard`. A large body is refused with a delay: its client
   * stops sending when it sees the response, and could refill the server's buffers with the next one at once.
   */
  async receiveJson(request: IncomingMessage, limits: BodyLimits): Promise<string> {
    try {
      return await this.#receive(request, limits);
    } catch (error) {
      const bytes = Math.min(Number(request.headers['content-length'] ?? limits.bytes), limits.bytes);
      const waitMs = bytes > UNTHROTTLED_BYTES ? (bytes / DISCARDED_BYTES_PER_SECOND) * 1000 : 0;
      await delay(Math.min(waitMs, LONGEST_REFUSAL_MS), undefined, { ref: false });
      throw error;
    }
  }

  async #receive(request: IncomingMessage, limits: BodyLimits): Promise<string> {
    const charset = charsetOf(request.headers['content-type']);
    if (Number(request.headers['content-length']) > limits.bytes) throw tooLarge(limits.bytes);
    const pieces: Buffer[] = [];
    const shape = new JsonShape(limits.marks);
    let decoder: InstanceType<typeof TextDecoder> | null = null;
    let size = 0;
    for await (const piece of this.#piecesOf(request, this.#received, UNTHROTTLED_BYTES)) {
      pieces.push(piece);
      size += piece.length;
      if (size > limits.bytes) throw tooLarge(limits.bytes);
      if (size < FIRST_BYTES) continue;
      const unseen: Buffer = decoder === null ? Buffer.concat(pieces) : piece;
      decoder ??= new TextDecoder(orRefused(() => encodingOf(unseen, charset)));
      shape.add(decoder.decode(unseen, { stream: true }));
    }
    return orRefused(() => decodeText(Buffer.concat(pieces), charset));
  }

  /**
   * Reads the rest of a body without keeping it: a connection that is closed while its body is still coming takes the
   * response with it. Closes it after 30 s.
   */
  async discard(request: IncomingMessage): Promise<void> {
    const end = (): unknown => request.destroy();
    const late = setTimeout(end, LONGEST_MS);
    // Node ends a request with its connection only as long as there is no response.
    request.socket.once('close', end);
    try {
      for await (const _ of this.#piecesOf(request, this.#discarded, 0)) continue;
    } catch (error) {
      ignore('the client left')(error);
    } finally {
      clearTimeout(late);
      request.socket.off('close', end);
    }
  }

  async *#piecesOf(request: IncomingMessage, throttle: Throttle, unthrottled: number): AsyncGenerator<Buffer> {
    let size = 0;
    try {
      for await (const piece of request.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(piece)) throw new TypeError('a body is bytes');
        size += piece.length;
        if (size > unthrottled) await throttle.take(piece.length);
        yield piece;
      }
    } catch (cause) {
      throw new DeskpodError('invalid_request', 'The body was interrupted.', { cause });
    }
  }
}

function charsetOf(contentType: string | undefined): string | null {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType ?? '');
  return charset?.[1] ?? charset?.[2] ?? null;
}

function orRefused<Result>(decode: () => Result): Result {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof CharsetError) throw new DeskpodError('unsupported_media_type', cause.message, { cause });
    if (cause instanceof EncodingError) throw new DeskpodError('invalid_request', cause.message, { cause });
    throw cause;
  }
}

function tooLarge(bytes: number): DeskpodError {
  return new DeskpodError('payload_too_large', `The body is larger than ${bytes / 1024} KiB.`, {
    remedy: 'Send less at once.',
  });
}
