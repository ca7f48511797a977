/** An engine for unit tests of the domain: keeps what it is told, ends launches when the test says so. Runs nothing. */
import { PassThrough } from 'node:stream';
import type {
  AppImage,
  DesktopReport,
  DesktopSpec,
  Engine,
  EngineDesktop,
  EngineEvent,
  EngineLaunch,
  EngineLaunchState,
  EngineLogLine,
  ExecSession,
  ExecSpec,
  ImageInfo,
  LaunchSpec,
  Target,
} from '#domain/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import { FakeDebug, FakeTerminal } from './debug-engine.ts';

export class FakeEngine implements Engine {
  readonly desktopsById = new Map<string, EngineDesktop>();
  readonly launchesById = new Map<string, { spec: LaunchSpec; launch: EngineLaunch }>();
  readonly logsById = new Map<string, EngineLogLine[]>();
  readonly stopped: string[] = [];
  readonly debug = new FakeDebug(
    (spec) => this.launch(spec),
    (desktopId) => this.desktopsById.get(desktopId)?.userId ?? 'nobody',
  );
  /** Commands that were started, with their targets. */
  readonly execs: { target: Target; spec: ExecSpec; terminal: FakeTerminal }[] = [];
  /** Of images, by their names. */
  readonly labelsOf = new Map<string, Record<string, string>>();
  /** Set to let commands start. */
  execWorks = false;
  /** Set to make the next call of this kind fail. */
  failNext: { makeDesktop?: DeskpodError; launch?: DeskpodError } = {};
  /** Resolves to let a launch go on, when a test wants it to wait. */
  launchGate: Promise<void> = Promise.resolve();

  async info() {
    return { kind: 'containers' as const, name: 'Fake', version: '1', place: 'nowhere' };
  }
  async makeDesktop(spec: DesktopSpec, report: DesktopReport) {
    const failure = this.failNext.makeDesktop;
    delete this.failNext.makeDesktop;
    if (failure) throw failure;
    for (const step of ['home', 'create', 'display', 'window_manager'] as const) report(step);
    const { id, account, regional } = spec;
    const desktop: EngineDesktop = {
      id,
      userId: account.userId,
      state: 'running',
      createdAt: new Date(),
      regional,
      address: null,
      place: 'nowhere',
      screen: null,
      uid: id,
      entries: { finished: 0, most: null },
    };
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
    return { vncPassword: 'secret12', xCookie: '0'.repeat(32) };
  }
  async connect() {
    return new PassThrough();
  }
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
    };
    this.launchesById.set(id, { spec, launch });
    return launch;
  }
  /** Ends a launch and gives the event that a real engine would tell. */
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
  async exec(target: Target, spec: ExecSpec): Promise<ExecSession> {
    const terminal = new FakeTerminal();
    this.execs.push({ target, spec, terminal });
    if (this.execWorks) return terminal;
    throw new DeskpodError('internal_error', 'The fake runs nothing.');
  }
  async usage() {
    return [];
  }
  async image(): Promise<ImageInfo | null> {
    return null;
  }
  async announceImages() {}
  async ensureImage({ reference }: AppImage): Promise<ImageInfo> {
    const labels = this.labelsOf.get(reference) ?? {};
    const none = { digest: null, labels, command: [], architecture: 'amd64', os: 'linux', inspect: null };
    return { ...none, id: reference, createdAt: new Date() };
  }
  async *watch(): AsyncGenerator<EngineEvent> {}
  async tidy() {}
  async podNetworks() {
    return [];
  }
  async ready() {}
  async [Symbol.asyncDispose]() {}
}
