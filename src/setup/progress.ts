/**
 * Progress of long tasks: one line per step with its duration and, on a terminal, the details of the running steps on
 * lines that are redrawn.
 */
import { printableLine } from '#protocol/printable.ts';

export type Detail = (line: string) => void;

export interface Progress {
  /** Runs `work` as a named step; several can run in parallel. A string that it returns is added to the line. */
  step(name: string, work: (detail: Detail) => Promise<string | void>): Promise<void>;
  say(line: string): void;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

const NAME_WIDTH = 22;

/** Live lines for a terminal; otherwise a plain log without control characters. */
export function createProgress(output: Output, now: () => number = () => performance.now()): Progress {
  const live = output.isTTY === true ? new LiveLines(output) : null;
  const print = (line: string): void => {
    live?.clear();
    output.write(`${line}\n`);
    live?.draw();
  };
  return {
    say: print,
    async step(name, work) {
      const startedAt = now();
      const line = live?.add(name);
      if (!live) print(`${name} …`);
      const end = (mark: string, note: string): void => {
        if (line) live?.remove(line);
        const time = duration(now() - startedAt);
        print(`${mark} ${name.padEnd(NAME_WIDTH)} ${time.padStart(8)}${note === '' ? '' : `  ${note}`}`);
      };
      try {
        const note = await work((detail) => {
          if (line) live?.update(line, detail);
        });
        end('✓', note ?? '');
      } catch (error) {
        end('✗', '');
        throw error;
      }
    },
  };
}

/** `4 ms`, `1.3 s`, `2 min 05 s` */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

interface Line {
  readonly name: string;
  detail: string;
}

/** The lines of running steps at the bottom of a terminal. */
class LiveLines {
  readonly #output: Output;
  readonly #lines: Line[] = [];
  #drawn = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  add(name: string): Line {
    const line = { name, detail: '' };
    this.clear();
    this.#lines.push(line);
    this.draw();
    return line;
  }

  update(line: Line, detail: string): void {
    this.clear();
    line.detail = detail;
    this.draw();
  }

  remove(line: Line): void {
    this.clear();
    this.#lines.splice(this.#lines.indexOf(line), 1);
    this.draw();
  }

  clear(): void {
    if (this.#drawn > 0) this.#output.write(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }

  draw(): void {
    const width = Math.max(20, (this.#output.columns ?? 80) - 1);
    for (const { name, detail } of this.#lines) {
      // A wrapped line would take two lines to redraw.
      this.#output.write(`${`… ${name.padEnd(NAME_WIDTH)} ${printableLine(detail)}`.slice(0, width)}\n`);
    }
    this.#drawn = this.#lines.length;
  }
}
