/**
 * What is known only inside a desktop: which container a process belongs to, and what containers use. One command stays
 * open in the graphical container while it is asked, so that a question costs a round trip and no process of its own.
 */
import { createInterface } from 'node:readline';
import { DeskpodError } from '#domain/errors.ts';
import type { ExecSession } from '#domain/engine.ts';
import { type Question, SCRIPTS } from './debug/scripts.ts';
import { execKnown, type ExecPlace } from './exec.ts';

const IDLE_MS = 20_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** Each answer ends with a line of its own. Process ids are digits and nothing else by the time they come here. */
const SCRIPT = `while read -r verb arg; do
  case $verb in
    owner) grep -soE '[0-9a-f]{64}' "/proc/$arg/cgroup" | tail -n 1 ;;
    usage) grep -sHE 'memory:|^0::' /proc/[0-9]*/cgroup; grep -sH '' /proc/[0-9]*/stat /proc/[0-9]*/statm ;;
    ${Object.entries(SCRIPTS)
      .map(([verb, script]) => `${verb}) ${script} ;;`)
      .join('\n    ')}
  esac
  echo .
done`;

/** By the id of the desktop's pod. */
export class Looks implements AsyncDisposable {
  readonly #place: (desktopId: string) => ExecPlace;
  readonly #open = new Map<string, Promise<Look>>();

  constructor(place: (desktopId: string) => ExecPlace) {
    this.#place = place;
  }

  /** The container that a process belongs to, by its pid in the desktop; null when it has gone. */
  async ownerOf(desktopId: string, pid: number): Promise<string | null> {
    if (!Number.isInteger(pid) || pid <= 0) return null;
    const [id = ''] = await this.#ask(desktopId, `owner ${pid}`);
    return id === '' ? null : id;
  }

  /** Lines `/proc/PID/FILE:CONTENT` of all processes. */
  usage(desktopId: string): Promise<readonly string[]> {
    return this.#ask(desktopId, 'usage -');
  }

  /** Of all processes and sockets that the graphical container sees: the lines of {@link SCRIPTS}. */
  answer(desktopId: string, question: Question): Promise<readonly string[]> {
    return this.#ask(desktopId, `${question} -`);
  }

  forget(desktopId: string): void {
    const open = this.#open.get(desktopId);
    this.#open.delete(desktopId);
    void open?.then((look) => look.close()).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const desktopId of this.#open.keys()) this.forget(desktopId);
  }

  async #ask(desktopId: string, question: string): Promise<readonly string[]> {
    const known = this.#open.get(desktopId);
    try {
      return await (await (known ?? this.#connect(desktopId))).ask(question);
    } catch (error) {
      this.forget(desktopId);
      // One that was open may have died while nobody asked.
      if (known === undefined) throw error;
      return await (await this.#connect(desktopId)).ask(question);
    }
  }

  #connect(desktopId: string): Promise<Look> {
    const opening = Look.open(this.#place(desktopId), () => this.forget(desktopId));
    this.#open.set(desktopId, opening);
    return opening;
  }
}

class Look {
  readonly #session: ExecSession;
  readonly #idle: () => void;
  readonly #lines: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  private constructor(session: ExecSession, idle: () => void) {
    this.#session = session;
    this.#idle = idle;
    session.stream.on('error', () => {});
    this.#lines = createInterface(session.stream)[Symbol.asyncIterator]();
  }

  static async open(place: ExecPlace, idle: () => void): Promise<Look> {
    return new Look(await execKnown(place, ['bash', '-c', SCRIPT], AbortSignal.timeout(ANSWER_TIMEOUT_MS)), idle);
  }

  /** One after the other. */
  ask(question: string): Promise<string[]> {
    const answer = this.#turn.then(() => this.#answer(question));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#session.stream.destroy();
  }

  async #answer(question: string): Promise<string[]> {
    if (this.#timer) clearTimeout(this.#timer);
    const late = setTimeout(() => this.#session.stream.destroy(), ANSWER_TIMEOUT_MS);
    try {
      this.#session.stream.write(`${question}\n`);
      const lines: string[] = [];
      for (;;) {
        const next = await this.#lines.next();
        if (next.done) throw new DeskpodError('desktop_missing', 'The desktop does not answer.');
        if (next.value === '.') return lines;
        lines.push(next.value);
      }
    } finally {
      clearTimeout(late);
      this.#timer = setTimeout(this.#idle, IDLE_MS).unref();
    }
  }
}
