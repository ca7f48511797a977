/** Lines of a log on their way: joined as bytes, bounded, decoded when they are whole. Bytes may come cut anywhere. */

/** Of a longer line the beginning is kept. */
export const LONGEST_LINE_BYTES = 64 * 1024;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const LONGEST_STAMP = 40;
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const NOTHING = Buffer.alloc(0);

export interface WholeLine {
  readonly text: string;
  /** How many bytes of its end are left out; absent for a line that is complete. */
  readonly cut?: number;
}

/** One line. A carriage return overwrites it, as on a terminal: of a progress bar, the last state remains. */
export class OpenLine {
  #pieces: Buffer[] = [];
  #kept = 0;
  #size = 0;
  #returned = false;

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(bytes: Buffer): void {
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === CR) end -= 1;
    if (end > 0) {
      const from = bytes.lastIndexOf(CR, end - 1) + 1;
      if (this.#returned || from > 0) this.#clear();
      this.#append(bytes.subarray(from, end));
    }
    // At the end of a line it means nothing, so what follows decides.
    this.#returned ||= end < bytes.length;
  }

  /** The line; another one begins. */
  take(): WholeLine {
    const bytes = Buffer.concat(this.#pieces);
    const whole = this.#size > bytes.length ? wholeCharacters(bytes) : bytes;
    const cut = this.#size - whole.length;
    this.#clear();
    return { text: whole.toString('utf8'), ...(cut > 0 ? { cut } : {}) };
  }

  #append(bytes: Buffer): void {
    const fits = bytes.subarray(0, LONGEST_LINE_BYTES - this.#kept);
    if (fits.length > 0) this.#pieces.push(fits);
    this.#kept += fits.length;
    this.#size += bytes.length;
  }

  #clear(): void {
    this.#pieces = [];
    this.#kept = 0;
    this.#size = 0;
    this.#returned = false;
  }
}

export interface StampedLine extends WholeLine {
  /** As the engine wrote it; empty when it wrote none. */
  readonly stamp: string;
}

/** Lines of the form `time text`, as the logs of engines' APIs are. */
export class StampedLines {
  readonly #line = new OpenLine();
  #stamp = '';
  /** What came of the line while its time is not complete; null afterwards. */
  #head: Buffer | null = NOTHING;

  push(bytes: Buffer): StampedLine[] {
    const lines: StampedLine[] = [];
    for (let rest = bytes; ;) {
      const end = rest.indexOf(LF);
      this.#take(end < 0 ? rest : rest.subarray(0, end));
      if (end < 0) return lines;
      lines.push(this.#finish());
      rest = rest.subarray(end + 1);
    }
  }

  /** As `push`, for bytes that begin with a time even where they go on with a line. */
  pushStamped(bytes: Buffer): StampedLine[] {
    if (this.#head !== null) this.#settle(this.#head);
    this.#head = NOTHING;
    return this.push(bytes);
  }

  /** What was printed after the last line break. */
  end(): StampedLine[] {
    return this.#head?.length === 0 && this.#line.isEmpty ? [] : [this.#finish()];
  }

  #take(piece: Buffer): void {
    if (this.#head === null) return this.#line.add(piece);
    this.#head = this.#head.length === 0 ? piece : Buffer.concat([this.#head, piece]);
    if (this.#head.length > LONGEST_STAMP || this.#head.includes(SPACE)) this.#settle(this.#head);
    return undefined;
  }

  #settle(head: Buffer): void {
    const space = head.indexOf(SPACE);
    const stamp = head.toString('latin1', 0, space < 0 ? head.length : space);
    const isStamp = STAMP.test(stamp);
    if (isStamp && this.#stamp === '') this.#stamp = stamp;
    this.#line.add(isStamp ? head.subarray(stamp.length + 1) : head);
    this.#head = null;
  }

  #finish(): StampedLine {
    if (this.#head !== null) this.#settle(this.#head);
    const line = { ...this.#line.take(), stamp: this.#stamp };
    this.#head = NOTHING;
    this.#stamp = '';
    return line;
  }
}

/** Without the character of several bytes that was cut at the end. */
function wholeCharacters(bytes: Buffer): Buffer {
  for (let back = 1; back <= 4 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
    if (byte < 0x80) return bytes;
  }
  return bytes;
}
