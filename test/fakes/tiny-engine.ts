/**
 * The smallest engine: an image is a function, and a launch is one call of it. Uses only the port, which shows that
 * another engine needs nothing else.
 */
import { EventEmitter, on } from 'node:events';
import { PassThrough } from 'node:stream';
import type { EngineDebug } from '#domain/ports/debug-engine.ts';
import type {
  AppImage,
  DesktopReport,
  DesktopSpec,
  Engine,
  EngineCapabilities,
  EngineDesktop,
  EngineEvent,
  EngineLogLine,
  ImageInfo,
} from '#domain/ports/engine.ts';
import type { EngineLaunch, LaunchSpec, Target } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { aRunningDesktop, CREDENTIALS } from '../fixtures/engine-samples.ts';

/** Writes its output and resolves to its exit code. */
export type Program = (spec: LaunchSpec, print: (line: string) => void) => Promise<number>;

interface Run {
  readonly spec: LaunchSpec;
  readonly lines: EngineLogLine[];
  launch: EngineLaunch;
}

export class TinyEngine implements Engine {
  readonly capabilities: EngineCapabilities = {
    ephemeral: { limits: false, nodeChoice: true },
    processLimits: false,
    buildsImages: false,
    sharedPodNetwork: false,
    separateLostHomes: false,
  };
  readonly debug: EngineDebug = NO_DEBUG;
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #desktops = new Map<string, EngineDesktop>();
  readonly #runs = new Map<string, Run>();
  readonly #events = new EventEmitter<{ event: [EngineEvent] }>();

  constructor(programs: ReadonlyMap<string, Program>) {
    this.#programs = programs;
  }

  async info() {
    return { kind: 'functions', name: 'Tiny', version: '1', host: 'memory' };
  }

  async makeDesktop({ id, account, regional }: DesktopSpec, report: DesktopReport): Promise<EngineDesktop> {
    if (this.#desktops.has(id)) throw new DeskpodError('conflict', `The desktop ${id} exists already.`);
    report('create');
    const desktop = aRunningDesktop({ id, userId: account.userId, regional, home: 'lost' });
    this.#desktops.set(id, desktop);
    this.#events.emit('event', { type: 'desktop', desktop });
    return desktop;
  }

  async desktops() {
    return [...this.#desktops.values()];
  }

  async removeDesktop(id: string) {
    if (this.#desktops.delete(id)) this.#events.emit('event', { type: 'desktop_gone', id });
  }

  async credentials() {
    return CREDENTIALS;
  }

  async connect() {
    return new PassThrough();
  }

  async serviceLastUsed() {
    return null;
  }

  async serviceRuns() {}

  async launchOfProcess() {
    return null;
  }

  async launch(spec: LaunchSpec): Promise<EngineLaunch> {
    const { id, desktopId, runtime, image } = spec;
    const desktop = this.#desktops.get(desktopId);
    if (!desktop) throw new DeskpodError('desktop_missing', `The desktop ${desktopId} is gone.`);
    const program = this.#programs.get(image);
    if (!program) throw new DeskpodError('app_unavailable', `The image ${image} is not there.`);
    const facts = { id, desktopId, runtime, image, userId: desktop.userId, hostname: id };
    const status = { state: 'running' } as const;
    const launch = { ...facts, status, startedAt: new Date(), imageDigest: null, memoryKill: false };
    const run: Run = { spec, lines: [], launch };
    this.#runs.set(id, run);
    const print = (text: string) => void run.lines.push({ at: new Date(), stream: 'stdout', text });
    void program(spec, print).then((exitCode) => this.#end(run, exitCode));
    return launch;
  }

  async launches(desktopId?: string) {
    const all = [...this.#runs.values()].map(({ launch }) => launch);
    return all.filter((launch) => desktopId === undefined || launch.desktopId === desktopId);
  }

  async findLaunch(_desktopId: string, id: string) {
    return this.#runs.get(id)?.launch ?? null;
  }

  async environment(id: string) {
    return this.#find(id).spec.env;
  }

  async stopLaunch(id: string) {
    this.#end(this.#find(id), 143);
  }

  async removeLaunch(id: string) {
    this.#runs.delete(id);
  }

  async *logs({ launchId }: Target) {
    yield* launchId === undefined ? [] : this.#find(launchId).lines;
  }

  async exec() {
    return refuse();
  }

  async homeBytes() {
    return null;
  }
  async sharedLimits() {
    return [];
  }
  async usage() {
    return [];
  }

  async image(): Promise<ImageInfo | null> {
    return null;
  }

  async announceImages() {}

  async ensureImage({ reference }: AppImage): Promise<ImageInfo> {
    const none = { digest: null, labels: {}, command: [], architecture: 'any', os: 'any', inspect: null };
    return { ...none, id: reference, createdAt: new Date(), bytes: null, outdated: false };
  }

  async *watch(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    for await (const [event] of on(this.#events, 'event', { signal })) yield event;
  }

  async tidy() {}

  warnings() {
    return [];
  }
  async podNetworks() {
    return [];
  }

  async ready() {}

  async [Symbol.asyncDispose]() {}

  #find(id: string): Run {
    const run = this.#runs.get(id);
    if (!run) throw new DeskpodError('not_found', `There is no launch ${id}.`);
    return run;
  }

  #end(run: Run, exitCode: number): void {
    if (run.launch.status.state === 'finished') return;
    const status = { state: 'finished', exitCode, outOfMemory: false, finishedAt: new Date(), message: null } as const;
    run.launch = { ...run.launch, status };
    this.#events.emit('event', { type: 'launch', launch: run.launch });
  }
}

/** A function cannot be debugged. */
const NO_DEBUG: EngineDebug = {
  profiles: refuse,
  addToolbox: refuse,
  toolboxes: async () => [],
  toolbox: async () => null,
  attach: refuse,
  stopToolbox: refuse,
  copy: refuse,
  inspect: refuse,
  namespaces: refuse,
  processes: refuse,
  sockets: refuse,
  events: refuse,
  describe: refuse,
  yaml: refuse,
};

async function refuse(): Promise<never> {
  throw new DeskpodError('not_found', 'This engine has no containers.');
}
