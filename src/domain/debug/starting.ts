/** From a granted debug session to one that runs: a toolbox that is there is used again, else one is made; or a copy. */
import type { DebugSession } from '../../protocol/debug.ts';
import type { Desktops } from '../desktops.ts';
import type { EngineToolbox } from './engine.ts';
import type { Engine, Target } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import type { Launches } from '../launches.ts';
import { hex5 } from '../names.ts';
import { UnderWay } from '../under-way.ts';
import type { DebugBook } from './book.ts';
import type { DebugEnding, DebugEvents } from './ending.ts';
import { running } from './new-session.ts';
import type { DebugPolicy } from './policy.ts';
import type { DebugRecord, DebugWant } from './record.ts';
import type { DebugTerminals } from './terminals.ts';
import type { Turns } from './turns.ts';

const IMAGE_TIMEOUT_MS = 15 * 60_000;
const START_TIMEOUT_MS = 120_000;
const TELL_EVERY_MS = 250;

type ToolboxWant = Extract<DebugWant, { kind: 'toolbox' }>;
type CopyWant = Extract<DebugWant, { kind: 'copy' }>;

/** What came of it. */
interface Begun {
  readonly name: string;
  readonly reused: boolean;
}

export class DebugStarting {
  readonly #deps;
  readonly #underWay = new UnderWay();
  readonly #aborts = new Map<string, AbortController>();

  constructor(deps: {
    engine: Pick<Engine, 'debug' | 'ensureImage'>;
    book: DebugBook;
    ending: DebugEnding;
    terminals: DebugTerminals;
    launches: Pick<Launches, 'copy' | 'find' | 'stop'>;
    desktops: Pick<Desktops, 'envOf'>;
    turns: Turns;
    policy: DebugPolicy;
    events: DebugEvents;
  }) {
    this.#deps = deps;
    deps.book.onChange(({ session }) => {
      if (session.status.state === 'ended') this.#aborts.get(session.id)?.abort();
    });
  }

  /** Returns at once; what follows is published. */
  begin(record: DebugRecord): void {
    this.#underWay.add(this.#run(record));
  }

  async settled(signal: AbortSignal): Promise<void> {
    await this.#underWay.over(signal);
  }

  async #run({ session, want }: DebugRecord): Promise<void> {
    const { book, ending, events } = this.#deps;
    const abort = new AbortController();
    this.#aborts.set(session.id, abort);
    try {
      // A command waits for its terminal.
      if (want.kind === 'exec') return;
      const { name, reused } =
        want.kind === 'copy' ? await this.#copy(want) : await this.#toolbox(session, want, abort.signal);
      const change = { status: running(this.#deps.policy), startedAt: new Date().toISOString(), name, reused };
      const begun = await book.change(session.id, ['starting'], change);
      if (!begun) return await this.#tooLate(session, want, name);
      events.debugStarted(begun.session);
      if (want.kind === 'toolbox') await this.#hold(begun, !reused && !want.plain);
    } catch (error) {
      const message = sentencesOf(error);
      if (!(error instanceof DeskpodError) && !abort.signal.aborted)
        events.failed(`starting debug session ${session.id}`, error);
      await ending
        .end(session.id, { reason: 'failed', message }, ['starting'])
        .catch((cause: unknown) => events.failed(`ending debug session ${session.id}`, cause));
    } finally {
      this.#aborts.delete(session.id);
    }
  }

  /** Its command may have ended already; then the session is told as such by whoever looks next. */
  async #hold(begun: DebugRecord, fresh: boolean): Promise<void> {
    const { terminals, events } = this.#deps;
    await terminals
      .keep(begun, fresh)
      .catch((error: unknown) => events.failed(`recording debug session ${begun.session.id}`, error));
  }

  /** It was ended while it started. */
  async #tooLate({ desktopId }: DebugSession, want: ToolboxWant | CopyWant, name: string): Promise<void> {
    if (want.kind === 'toolbox') await this.#deps.ending.stopUnused(desktopId, name);
    else await this.#deps.launches.stop(name, 'admin');
  }

  async #toolbox(session: DebugSession, want: ToolboxWant, signal: AbortSignal): Promise<Begun> {
    const { id, desktopId, profile, image } = session;
    if (profile === null || image === null) throw new Error(`debug session ${id} lacks its profile or image`);
    const { engine, book, turns } = this.#deps;
    const target: Target = {
      desktopId,
      ...(session.launchId === null ? {} : { launchId: session.launchId }),
      ...(want.target === undefined ? {} : { container: want.target }),
    };
    const fitting = (): Promise<EngineToolbox | null> =>
      isOrdinary(want) ? this.#fitting(session, target) : Promise.resolve(null);
    const report = this.#reporter(id);
    const within = (ms: number): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    const there = await turns.take(desktopId, async () => {
      const found = await fitting();
      // Said within the turn: nobody stops it as unused.
      if (found) await book.change(id, ['starting'], { name: found.name });
      return found;
    });
    if (there) return { name: there.name, reused: true };
    // Between two turns: others of the same desktop need not wait for an image.
    await engine.ensureImage({ reference: image, app: null }, report, within(IMAGE_TIMEOUT_MS));
    return await turns.take(desktopId, async () => {
      const found = await fitting();
      const name = found?.name ?? want.name ?? `debugger-${hex5()}`;
      // Kept before it is made, so that it is nobody's when this server ends in between.
      if (!(await book.change(id, ['starting'], { name }))) return { name, reused: found !== null };
      if (found) return { name, reused: true };
      const { env, command, plain, custom = null } = want;
      const spec = { name, target, image, profile, env, command, plain, custom, by: session.by.id };
      await engine.debug.addToolbox(spec, report, within(START_TIMEOUT_MS));
      return { name, reused: false };
    });
  }

  /** One that runs is used by some session; of the engine, which takes its time to tell of all there are, only those are asked. */
  async #fitting(session: DebugSession, target: Target): Promise<EngineToolbox | null> {
    const { engine, book } = this.#deps;
    const { desktopId } = session;
    const others = (await book.list({ desktopId, open: true })).filter(
      (other) => other.session.id !== session.id && other.want.kind === 'toolbox' && isAlike(other.session, session),
    );
    for (const name of new Set(others.map((other) => other.session.name))) {
      const box = name === null ? null : await engine.debug.toolbox(desktopId, name);
      if (box && fits(box, target, session)) return box;
    }
    return null;
  }

  async #copy(want: CopyWant): Promise<Begun> {
    const { launches, desktops } = this.#deps;
    const original = await launches.find(want.launch);
    if (!original) throw new DeskpodError('not_found', `There is no launch ${want.launch} any more.`);
    const { record } = original;
    const launch = await launches.copy(record, { env: desktops.envOf(record.userId) }, want);
    return { name: launch.id, reused: false };
  }

  /** Words of the engine: an image that is built says many, and the last one counts. */
  #reporter(id: string): (detail: string) => void {
    const { book, events } = this.#deps;
    let told = '';
    let last = '';
    let timer: NodeJS.Timeout | null = null;
    const tell = (): void => {
      timer = null;
      if (last === told) return;
      told = last;
      book
        .change(id, ['starting'], { status: { state: 'starting', detail: told } })
        .catch((error: unknown) => events.failed(`telling of debug session ${id}`, error));
    };
    return (detail) => {
      last = detail;
      timer ??= setTimeout(tell, TELL_EVERY_MS).unref();
    };
  }
}

/** Nothing that only the one who asked for it would expect. */
function isOrdinary({ name, env, command, plain, custom }: ToolboxWant): boolean {
  return name === undefined && command.length === 0 && !plain && custom === undefined && Object.keys(env).length === 0;
}

function isAlike(one: DebugSession, other: DebugSession): boolean {
  return one.launchId === other.launchId && one.profile === other.profile && one.image === other.image;
}

function fits(box: EngineToolbox, target: Target, { profile, image }: DebugSession): boolean {
  return (
    !box.foreign &&
    !box.special &&
    box.status.state === 'running' &&
    box.profile === profile &&
    box.image === image &&
    box.target !== null &&
    box.target.launchId === target.launchId &&
    box.target.container === target.container
  );
}

function sentencesOf(error: unknown): string {
  if (error instanceof DeskpodError) return [error.message, error.remedy].filter(Boolean).join(' ');
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'It did not start in time.';
  return 'It could not be started.';
}
