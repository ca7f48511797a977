/**
 * The messages between the server process and the engine process. Each is one byte for its kind, its length as a 32-bit
 * big-endian number, and that many bytes: JSON, or raw bytes of a command.
 *
 * A call has a connection of its own: a whole call with it takes 0.14 ms, and one that closes says that the other side is
 * gone. The client sends `call` first and `abort` when it no longer wants the answer.
 * The server sends `report` and `item` any number of times, then one `result` or `error`. After the `result` that opens a
 * command both sides send its bytes, each within a window that the other one opens with `taken`.
 */
import { DeskpodError } from '#domain/errors.ts';

export const KIND = {
  call: 1,
  abort: 2,
  report: 3,
  item: 4,
  result: 5,
  error: 6,
  /** Input of a command. */
  input: 7,
  inputEnd: 8,
  stdout: 9,
  stdoutEnd: 10,
  stderr: 11,
  stderrEnd: 12,
  /** The sender has passed on this many more bytes of input or output. */
  taken: 13,
  resize: 14,
  /** Answers `resize`: nothing, or an error. */
  resized: 15,
  /** The client left the command, which ends. */
  leave: 16,
  /** The output broke off without an end. */
  broken: 17,
  /** The last message about a command: its exit code. */
  exit: 18,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** Of what the server process sends. */
export const MAX_REQUEST_BYTES = 1024 * 1024;
/** Of what the engine process answers: lists of everything, and descriptions of images. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const HEADER_BYTES = 5;
const KINDS: ReadonlySet<number> = new Set(Object.values(KIND));
const NOTHING = Buffer.alloc(0);

export interface Frame {
  readonly kind: Kind;
  readonly body: Buffer;
}

/** What becomes of the messages of some kinds. */
export type Handlers = Readonly<Partial<Record<Kind, (body: Buffer) => void>>>;

export function frame(kind: Kind, body: Uint8Array = NOTHING): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  bytes.writeUInt8(kind, 0);
  bytes.writeUInt32BE(body.length, 1);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Undefined becomes an object without this field, as in all JSON. */
export function jsonFrame(kind: Kind, value: object): Buffer {
  return frame(kind, Buffer.from(JSON.stringify(value)));
}

/** Puts messages together from chunks, however they are split. Keeps at most one incomplete message. */
export class FrameReader {
  readonly #most: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  /** Of the incomplete message; in one piece, as many small ones would take more memory than they hold. */
  #body: Buffer | null = null;
  #bodyBytes = 0;

  /** `most`: bytes of one body. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * The messages that `chunk` completes.
   * @throws DeskpodError `payload_too_large` at the header of a longer body, `invalid_request` at an unknown kind.
   */
  *push(chunk: Buffer): Generator<Frame> {
    let at = 0;
    while (at < chunk.length || this.#isComplete) {
      if (this.#headerBytes < HEADER_BYTES) {
        const copied = chunk.copy(this.#header, this.#headerBytes, at);
        this.#headerBytes += copied;
        at += copied;
        if (this.#headerBytes < HEADER_BYTES) return;
        this.#body = Buffer.allocUnsafe(this.#length());
        this.#bodyBytes = 0;
      }
      const body = this.#body ?? NOTHING;
      const copied = chunk.copy(body, this.#bodyBytes, at);
      this.#bodyBytes += copied;
      at += copied;
      if (!this.#isComplete) return;
      this.#headerBytes = 0;
      this.#body = null;
      yield { kind: this.#kind(), body };
    }
  }

  /** Also right after the header of an empty message. */
  get #isComplete(): boolean {
    return this.#body !== null && this.#bodyBytes === this.#body.length;
  }

  #kind(): Kind {
    const kind = this.#header.readUInt8(0);
    if (isKind(kind)) return kind;
    throw new DeskpodError('invalid_request', `A message of the unknown kind ${kind}.`);
  }

  #length(): number {
    this.#kind();
    const length = this.#header.readUInt32BE(1);
    if (length <= this.#most) return length;
    throw new DeskpodError('payload_too_large', `A message of ${length} bytes; at most ${this.#most} are allowed.`);
  }
}

function isKind(kind: number): kind is Kind {
  return KINDS.has(kind);
}

/** The body of `taken`. */
export function countFrame(bytes: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(bytes);
  return frame(KIND.taken, body);
}

/** Reads {@link countFrame}; 0 for anything else. */
export function countIn(body: Buffer): number {
  return body.length === 4 ? body.readUInt32BE(0) : 0;
}
