/** Starts granted debug sessions: reuses a running toolbox or creates one, or starts a copy. */
import type { DebugSession } from '#protocol/debug.ts';
import type { Launch, LaunchState } from '#protocol/launch.ts';
import type { Desktops } from '../desktops/desktops.ts';
import type { EngineToolbox } from '../ports/debug-engine.ts';
import type { Engine } from '../ports/engine.ts';
import type { Target } from '../ports/engine-launch.ts';
import { isTimeout, until } from '../deadlines.ts';
import { DeskpodError } from '../errors.ts';
import type { EventBus } from '../server/event-bus.ts';
import type { Launches } from '../launches/launches.ts';
import { hex5 } from '../names.ts';
import { BackgroundWork } from '../server/background-work.ts';
import { copyExit, type DebugEnding, type EndFacts, onLaunch } from './ending.ts';
import { type DebugPolicy, runningState } from './policy.ts';
import type { DebugRecord, DebugRequest } from '../ports/debug-store.ts';
import type { DebugEvents } from './record.ts';
import type { DebugRegistry } from './registry.ts';
import type { DebugTerminals } from './terminals.ts';

const IMAGE_TIMEOUT_MS = 15 * 60_000;
const START_TIMEOUT_MS = 120_000;
const REPORT_EVERY_MS = 250;

type ToolboxRequest = Extract<DebugRequest, { kind: 'toolbox' }>;
type CopyRequest = Extract<DebugRequest, { kind: 'copy' }>;

interface StartedTarget {
  readonly name: string;
  readonly reused: boolean;
  /** Set if it has ended already. */
  readonly end?: EndFacts | null;
}

export interface StarterDeps {
  readonly engine: Pick<Engine, 'debug' | 'ensureImage'>;
  readonly registry: DebugRegistry;
  readonly ending: DebugEnding;
  readonly terminals: DebugTerminals;
  readonly launches: Pick<Launches, 'copy' | 'find' | 'stop'>;
  readonly desktops: Pick<Desktops, 'envOf'>;
  readonly hub: EventBus;
  readonly policy: DebugPolicy;
  readonly events: DebugEvents;
}

export class DebugStarter {
  readonly #deps: StarterDeps;
  readonly #background = new BackgroundWork();
  readonly #aborts = new Map<string, AbortController>();

  constructor(deps: StarterDeps) {
    this.#deps = deps;
    deps.registry.onChange(({ session }) => {
      if (session.status.state === 'ended') this.#aborts.get(session.id)?.abort();
    });
  }

  /** Starts a session that was just granted. Returns at once; the progress is published. */
  start(record: DebugRecord): void {
    const { events } = this.#deps;
    events.debugGranted(record.session);
    if (record.session.status.state === 'running') events.debugStarted(record.session);
    this.#background.add(this.#run(record));
  }

  /** Resolves when no start is in progress. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#background.settled(signal);
  }

  async #run({ session, request }: DebugRecord): Promise<void> {
    const { registry, ending, events } = this.#deps;
    const abort = new AbortController();
    this.#aborts.set(session.id, abort);
    try {
      // A command starts with its terminal.
      if (request.kind === 'exec') return;
      const { name, reused, end } =
        request.kind === 'copy'
          ? await this.#copy(session, request, abort.signal)
          : await this.#toolbox(session, request, abort.signal);
      if (end) return void (await ending.end(session.id, end, ['starting']));
      const change = { status: runningState(this.#deps.policy), startedAt: new Date().toISOString(), name, reused };
      const started = await registry.change(session.id, ['starting'], change);
      if (!started) return await this.#discard(session, request, name);
      events.debugStarted(started.session);
      if (request.kind === 'toolbox') await this.#openTerminal(started, !reused && !request.plain);
    } catch (error) {
      const message = messageOf(error);
      if (!(error instanceof DeskpodError) && !abort.signal.aborted)
        events.failed(`starting debug session ${session.id}`, error);
      await ending
        .end(session.id, { reason: 'failed', message }, ['starting'])
        .catch((cause: unknown) => events.failed(`ending debug session ${session.id}`, cause));
    } finally {
      this.#aborts.delete(session.id);
    }
  }

  /** A failure is not fatal: the command may have ended already, which the reconciler detects. */
  async #openTerminal(record: DebugRecord, fresh: boolean): Promise<void> {
    const { terminals, events } = this.#deps;
    await terminals
      .open(record, fresh)
      .catch((error: unknown) => events.failed(`recording debug session ${record.session.id}`, error));
  }

  /** Stops the toolbox or copy of a session that was ended during its start. */
  async #discard({ desktopId }: DebugSession, request: ToolboxRequest | CopyRequest, name: string): Promise<void> {
    if (request.kind === 'toolbox') await this.#deps.ending.stopUnused(desktopId, name);
    else await this.#deps.launches.stop(name, 'admin');
  }

  async #toolbox(session: DebugSession, request: ToolboxRequest, signal: AbortSignal): Promise<StartedTarget> {
    const { id, desktopId, profile, image } = session;
    if (profile === null || image === null) throw new Error(`debug session ${id} lacks its profile or image`);
    const { engine, registry } = this.#deps;
    const target: Target = {
      desktopId,
      ...(session.launchId === null ? {} : { launchId: session.launchId }),
      ...(request.target === undefined ? {} : { container: request.target }),
    };
    const reusable = (): Promise<EngineToolbox | null> =>
      request.name === undefined && isShared(request) ? this.#reusable(session, target) : Promise.resolve(null);
    const report = this.#reporter(id);
    const within = (ms: number): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    const existing = await registry.exclusively(desktopId, async () => {
      const found = await reusable();
      // Named within the exclusive work, so that nothing stops the toolbox as unused.
      if (found) await registry.change(id, ['starting'], { name: found.name });
      return found;
    });
    if (existing) return { name: existing.name, reused: true };
    // Outside the exclusive work, so that other sessions of the desktop don't wait for an image.
    await engine.ensureImage({ reference: image, app: null }, report, within(IMAGE_TIMEOUT_MS));
    return await registry.exclusively(desktopId, async () => {
      const found = await reusable();
      const name = found?.name ?? request.name ?? `debugger-${hex5()}`;
      // Stored before the toolbox is created, so that none is orphaned if this server stops in between.
      if (!(await registry.change(id, ['starting'], { name }))) return { name, reused: found !== null };
      if (found) return { name, reused: true };
      const { env, command, plain, custom = null } = request;
      const shared = isShared(request);
      const spec = { name, target, image, profile, env, command, plain, custom, by: session.by.id, shared };
      await engine.debug.addToolbox(spec, report, within(START_TIMEOUT_MS));
      return { name, reused: false };
    });
  }

  /** A running toolbox belongs to a session, so only those are queried: listing all toolboxes is slow. */
  async #reusable(session: DebugSession, target: Target): Promise<EngineToolbox | null> {
    const { engine, registry } = this.#deps;
    const { desktopId } = session;
    const others = (await registry.list({ desktopId, open: true })).filter(
      (other) => other.session.id !== session.id && other.request.kind === 'toolbox' && isAlike(other.session, session),
    );
    for (const name of new Set(others.map((other) => other.session.name))) {
      const box = name === null ? null : await engine.debug.toolbox(desktopId, name);
      if (box && fits(box, target, session)) return box;
    }
    return null;
  }

  async #copy({ id }: DebugSession, request: CopyRequest, signal: AbortSignal): Promise<StartedTarget> {
    const { launches, desktops, registry } = this.#deps;
    const original = await launches.find(request.launch);
    if (!original) throw new DeskpodError('not_found', `The launch ${request.launch} no longer exists.`);
    const { record } = original;
    const launch = await launches.copy(record, { env: desktops.envOf(record.userId) }, request);
    // Stored before the copy runs, so that it ends with its session.
    if (!(await registry.change(id, ['starting'], { name: launch.id }))) return { name: launch.id, reused: false };
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(IMAGE_TIMEOUT_MS)]);
    const end = await untilStarted(this.#deps, launch, this.#reporter(id), deadline);
    return { name: launch.id, reused: false, end };
  }

  /** Publishes the engine's progress messages, at most the last one per interval. */
  #reporter(id: string): (detail: string) => void {
    const { registry, events } = this.#deps;
    let published = '';
    let last = '';
    let timer: NodeJS.Timeout | null = null;
    const publish = (): void => {
      timer = null;
      if (last === published) return;
      published = last;
      registry
        .change(id, ['starting'], { status: { state: 'starting', detail: published } })
        .catch((error: unknown) => events.failed(`publishing the progress of debug session ${id}`, error));
    };
    return (detail) => {
      last = detail;
      timer ??= setTimeout(publish, REPORT_EVERY_MS).unref();
    };
  }
}

/** Whether the request has no settings that others wouldn't expect, so that they can share the toolbox. */
function isShared({ env, command, plain, custom }: ToolboxRequest): boolean {
  return command.length === 0 && !plain && custom === undefined && Object.keys(env).length === 0;
}

function isAlike(one: DebugSession, other: DebugSession): boolean {
  return one.launchId === other.launchId && one.profile === other.profile && one.image === other.image;
}

function fits(box: EngineToolbox, target: Target, { profile, image }: DebugSession): boolean {
  return (
    !box.foreign &&
    box.shared &&
    box.status.state === 'running' &&
    box.profile === profile &&
    box.image === image &&
    box.target !== null &&
    box.target.launchId === target.launchId &&
    box.target.container === target.container
  );
}

function messageOf(error: unknown): string {
  if (error instanceof DeskpodError) return error.toSentence();
  if (isTimeout(error)) return 'It didn’t start in time.';
  return 'It couldn’t be started.';
}

/** Resolves when the copy has a process, or with its end if it has ended by then. */
async function untilStarted(
  { hub, launches }: { hub: EventBus; launches: Pick<Launches, 'find'> },
  launch: Launch,
  report: (detail: string) => void,
  signal: AbortSignal,
): Promise<EndFacts | null> {
  const started = async (): Promise<EndFacts | null | undefined> => {
    const status = (await launches.find(launch.id))?.launch.status;
    if (status?.state === 'finished') return endOf(launch.id, status);
    if (status && (status.state !== 'starting' || status.step === 'window')) return null;
    if (status?.detail !== undefined) report(status.detail);
    return undefined;
  };
  return await until((changed) => onLaunch(hub, launch, changed), started, signal);
}

function endOf(name: string, status: Extract<LaunchState, { state: 'finished' }>): EndFacts {
  if (status.exitCode !== null) return copyExit(name, status.exitCode);
  return { reason: 'failed', message: status.message ?? 'The copy couldn’t be started.' };
}
