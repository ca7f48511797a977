/** An engine for unit tests of the domain: records its calls, and ends launches when the test says so. Runs nothing. */
import { PassThrough } from 'node:stream';
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
  Services,
  SharedLimit,
} from '#domain/ports/engine.ts';
import type {
  EngineLaunch,
  EngineLaunchState,
  ExecSession,
  ExecSpec,
  LaunchSpec,
  Target,
} from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Home } from '#protocol/desktop.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { aRunningDesktop, CREDENTIALS } from '../fixtures/engine-samples.ts';
import { FakeDebug, FakeTerminal } from './debug-engine.ts';
import { localExec } from './local-exec.ts';

/** The abilities of the containers engine. */
export const CAPABILITIES: EngineCapabilities = {
  ephemeral: { limits: true, nodeChoice: true },
  processLimits: true,
  buildsImages: true,
  sharedPodNetwork: false,
  separateLostHomes: false,
};

/** The abilities of the Kubernetes engine. */
export const CLUSTER_CAPABILITIES: EngineCapabilities = {
  ephemeral: { limits: false, nodeChoice: false },
  processLimits: false,
  buildsImages: false,
  sharedPodNetwork: true,
  separateLostHomes: true,
};

export class FakeEngine implements Engine {
  readonly capabilities = CAPABILITIES;
  readonly desktopsById = new Map<string, EngineDesktop>();
  readonly launchesById = new Map<string, { spec: LaunchSpec; launch: EngineLaunch }>();
  readonly logsById = new Map<string, EngineLogLine[]>();
  readonly stopped: string[] = [];
  readonly debug = new FakeDebug(
    (spec) => this.launch(spec),
    (desktopId) => this.desktopsById.get(desktopId)?.userId ?? 'nobody',
  );
  /** Started commands, with their targets. */
  readonly execs: { target: Target; spec: ExecSpec; terminal: FakeTerminal }[] = [];
  /** Labels of images, by image name. */
  readonly labelsOf = new Map<string, Record<string, string>>();
  /** Whether homes of new desktops are kept or lost. */
  homes: Home = 'kept';
  /** A local folder that commands in desktops use as their home; they really run. */
  homeFolder: string | null = null;
  /** The sizes of homes, by desktop. */
  readonly homeBytesById = new Map<string, number>();
  /** What desktops may use together, and use. */
  shared: readonly SharedLimit[] = [];
  /** Of new desktops. */
  services: Services = {};
  /** When a service was last used. */
  usedAt: Date | null = null;
  /** If set, commands can start. */
  execWorks = false;
  /** If set, the next call of this kind fails. */
  failNext: { makeDesktop?: DeskpodError; launch?: DeskpodError } = {};
  /** If set, starting a launch waits for this. */
  launchGate: Promise<void> = Promise.resolve();

  async info() {
    return { kind: 'fake', name: 'Fake', version: '1', host: 'nowhere' };
  }
  async makeDesktop(spec: DesktopSpec, report: DesktopReport) {
    const failure = this.failNext.makeDesktop;
    delete this.failNext.makeDesktop;
    if (failure) throw failure;
    for (const step of ['home', 'create', 'display', 'window_manager'] as const) report(step);
    const { id, account, regional, shared } = spec;
    const desktop = aRunningDesktop({
      id,
      userId: account.userId,
      regional,
      shared,
      home: this.homes,
      services: this.services,
    });
    this.desktopsById.set(id, desktop);
    return desktop;
  }
  async desktops() {
    return [...this.desktopsById.values()];
  }
  async removeDesktop(id: string) {
    this.desktopsById.delete(id);
    for (const [launchId, { launch }] of this.launchesById)
      if (launch.desktopId === id) this.launchesById.delete(launchId);
  }
  async credentials() {
    return CREDENTIALS;
  }
  async connect() {
    return new PassThrough();
  }
  async serviceLastUsed() {
    return this.usedAt;
  }
  async serviceRuns() {}
  async launchOfProcess() {
    return null;
  }
  async launch(spec: LaunchSpec) {
    await this.launchGate;
    const failure = this.failNext.launch;
    delete this.failNext.launch;
    if (failure) throw failure;
    const userId = this.desktopsById.get(spec.desktopId)?.userId ?? 'nobody';
    const { id, desktopId, runtime, image } = spec;
    const launch: EngineLaunch = {
      id,
      desktopId,
      userId,
      runtime,
      status: { state: 'running' },
      startedAt: new Date(),
      image,
      imageDigest: 'sha256:1',
      hostname: id,
      memoryKill: false,
    };
    this.launchesById.set(id, { spec, launch });
    return launch;
  }
  /** Ends a launch and returns the event that a real engine would send. */
  finish(id: string, exit: Partial<Extract<EngineLaunchState, { state: 'finished' }>> = {}): EngineLaunch {
    const known = this.launchesById.get(id);
    if (!known) throw new Error(`no launch ${id}`);
    const status = {
      state: 'finished',
      exitCode: 0,
      outOfMemory: false,
      finishedAt: new Date(),
      message: null,
    } as const;
    const launch: EngineLaunch = { ...known.launch, status: { ...status, ...exit } };
    this.launchesById.set(id, { ...known, launch });
    return launch;
  }
  async launches(desktopId?: string) {
    const all = [...this.launchesById.values()].map(({ launch }) => launch);
    return desktopId === undefined ? all : all.filter((launch) => launch.desktopId === desktopId);
  }
  async findLaunch(_desktopId: string, id: string) {
    return this.launchesById.get(id)?.launch ?? null;
  }
  async environment(id: string) {
    return { ...this.launchesById.get(id)?.spec.env, HOME: '/home/fry', XAUTH_KEY: 'abcdef' };
  }
  async stopLaunch(id: string) {
    this.stopped.push(id);
  }
  async removeLaunch(id: string) {
    this.launchesById.delete(id);
  }
  async *logs(target: Target) {
    yield* this.logsById.get(target.container ?? target.launchId ?? '') ?? [];
  }
  async exec(target: Target, spec: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
    if (this.homeFolder !== null) return localExec(this.homeFolder).exec(target, spec, signal);
    const terminal = new FakeTerminal();
    this.execs.push({ target, spec, terminal });
    if (this.execWorks) return terminal;
    throw new DeskpodError('internal_error', 'The fake runs nothing.');
  }
  async usage() {
    return [];
  }
  async homeBytes(desktopId: string): Promise<number | null> {
    return this.homeBytesById.get(desktopId) ?? null;
  }
  async sharedLimits() {
    return this.shared;
  }
  async image(): Promise<ImageInfo | null> {
    return null;
  }
  async announceImages() {}
  async ensureImage({ reference }: AppImage): Promise<ImageInfo> {
    const labels = this.labelsOf.get(reference) ?? {};
    const none = {
      digest: null,
      labels,
      command: [],
      architecture: 'amd64',
      os: 'linux',
      bytes: null,
      outdated: false,
      inspect: null,
    };
    return { ...none, id: reference, createdAt: new Date() };
  }
  async *watch(): AsyncGenerator<EngineEvent> {}
  async tidy() {}
  warnings(): readonly SystemWarning[] {
    return [];
  }
  async podNetworks() {
    return [];
  }
  async ready() {}
  async [Symbol.asyncDispose]() {}
}
