/**
 * Queries that only a process in the desktop can answer: which container a process belongs to, and what containers use.
 * One command stays open in the graphical container while queries come, so that each costs only a round trip.
 */
import { createInterface } from 'node:readline';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import type { ExecSession } from '#domain/ports/engine-launch.ts';
import { type Question, SCRIPTS } from './query-scripts.ts';
import { execKnown, type ContainerRef } from './exec.ts';

const IDLE_MS = 20_000;
const ANSWER_TIMEOUT_MS = 10_000;
/** A line with a dot ends each answer. Process ids were checked to be digits only. */
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
export class NodeQueries implements AsyncDisposable {
  readonly #containerRef: (desktopId: string) => ContainerRef;
  readonly #open = new Map<string, Promise<QueryProcess>>();

  constructor(ref: (desktopId: string) => ContainerRef) {
    this.#containerRef = ref;
  }

  /** The container of a process, by its pid in the desktop; null when the process has ended. */
  async ownerOf(desktopId: string, pid: number): Promise<string | null> {
    if (!Number.isInteger(pid) || pid <= 0) return null;
    const [id = ''] = await this.#ask(desktopId, `owner ${pid}`);
    return id === '' ? null : id;
  }

  /** Lines `/proc/PID/FILE:CONTENT` of all processes. */
  usage(desktopId: string): Promise<readonly string[]> {
    return this.#ask(desktopId, 'usage -');
  }

  /** The output of {@link SCRIPTS} about all processes and sockets that the graphical container sees. */
  answer(desktopId: string, question: Question): Promise<readonly string[]> {
    return this.#ask(desktopId, `${question} -`);
  }

  forget(desktopId: string): void {
    const open = this.#open.get(desktopId);
    this.#open.delete(desktopId);
    void open?.then((process) => process.close()).catch(ignore('the queries were given up'));
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
      // An open command may have ended since the last query.
      if (known === undefined) throw error;
      return await (await this.#connect(desktopId)).ask(question);
    }
  }

  #connect(desktopId: string): Promise<QueryProcess> {
    const opening = QueryProcess.open(this.#containerRef(desktopId), () => this.forget(desktopId));
    this.#open.set(desktopId, opening);
    return opening;
  }
}

class QueryProcess {
  readonly #session: ExecSession;
  readonly #idle: () => void;
  readonly #lines: AsyncIterator<string>;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  private constructor(session: ExecSession, idle: () => void) {
    this.#session = session;
    this.#idle = idle;
    session.stream.on('error', () => {});
    session.stderr?.resume();
    this.#lines = createInterface(session.stream)[Symbol.asyncIterator]();
  }

  static async open(ref: ContainerRef, idle: () => void): Promise<QueryProcess> {
    return new QueryProcess(await execKnown(ref, ['bash', '-c', SCRIPT], AbortSignal.timeout(ANSWER_TIMEOUT_MS)), idle);
  }

  /** Queries run one after the other. */
  ask(question: string): Promise<string[]> {
    const answer = this.#turn.then(() => this.#answer(question));
    this.#turn = answer.catch(ignore('its caller hears of it'));
    return answer;
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#session.stream.destroy();
  }

  async #answer(question: string): Promise<string[]> {
    if (this.#timer) clearTimeout(this.#timer);
    const timer = setTimeout(() => this.#session.stream.destroy(), ANSWER_TIMEOUT_MS);
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
      clearTimeout(timer);
      this.#timer = setTimeout(this.#idle, IDLE_MS).unref();
    }
  }
}
