/**
 * How a command in a container reports its own exit code. Kubernetes reports it too late or never: its connection to
 * the node stalls for good when unread input arrives, and lasts as long as a background process holds the output.
 */

const EDGE = '\u001e';
const MOST_DIGITS = 3;

/**
 * Runs its arguments, writes their exit code after their output, to both streams, then reads the input that is still in
 * transit, with its outputs open: once they are closed, the runtime accepts no more input and breaks the connection.
 * The shell's own message about a killed command is discarded.
 */
const SCRIPT = `exec 3>&2 2>/dev/null
(exec env "$@" 2>&3 3>&-)
code=$?
printf '\\036%s %s\\036' "$0" $code
printf '\\036%s %s\\036' "$0" $code >&3
cat >/dev/null
exit $code`;

export function withExitMark(command: readonly string[], mark: string): string[] {
  return ['sh', '-c', SCRIPT, mark, ...command];
}

/** Finds the mark at the end of one stream, however it is split into chunks. */
export class ExitMark {
  readonly #begin: Buffer;
  #held: Buffer = Buffer.alloc(0);
  /** Null until the mark arrived; what follows it is not the command's output. */
  code: number | null = null;

  constructor(mark: string) {
    this.#begin = Buffer.from(`${EDGE}${mark} `);
  }

  /** The part of the chunk that is output. */
  take(data: Buffer): Buffer {
    if (this.code !== null) return Buffer.alloc(0);
    const all = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
    let from = all.indexOf(EDGE);
    for (; from !== -1; from = all.indexOf(EDGE, from + 1)) {
      const rest = all.subarray(from);
      const begin = rest.subarray(0, this.#begin.length);
      if (!begin.equals(this.#begin.subarray(0, begin.length))) continue;
      const end = rest.indexOf(EDGE, begin.length);
      const digits = rest.subarray(begin.length, end === -1 ? undefined : end);
      if (digits.length > MOST_DIGITS || !/^\d*$/.test(digits.toString('latin1'))) continue;
      if (end !== -1 && digits.length === 0) continue;
      if (end !== -1) this.code = Number(digits);
      break;
    }
    this.#held = from === -1 || this.code !== null ? Buffer.alloc(0) : Buffer.from(all.subarray(from));
    return from === -1 ? all : all.subarray(0, from);
  }

  /** The start of a mark that was not completed. */
  rest(): Buffer {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }
}
