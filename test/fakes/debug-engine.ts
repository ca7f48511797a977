/** The debugging part of the fake engine: toolboxes that a test types into, prints from and ends. Runs nothing. */
import { type Duplex, duplexPair } from 'node:stream';
import type { CopySpec, EngineDebug, EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { EngineLaunch, ExecSession } from '#domain/ports/engine-launch.ts';
import { DeskpodError } from '#domain/errors.ts';
import { DebugProfile } from '#protocol/debug.ts';
import type { Inspection } from '#protocol/inspect.ts';

/** A terminal and its remote end. */
export class FakeTerminal implements ExecSession {
  readonly stream: Duplex;
  readonly stderr = null;
  /** The command's side: what is written here is output, what is read here is input. */
  readonly command: Duplex;
  readonly sizes: { columns: number; rows: number }[] = [];
  readonly #exit = Promise.withResolvers<number | null>();
  readonly exitCode = this.#exit.promise;

  constructor() {
    [this.stream, this.command] = duplexPair();
    this.command.on('error', () => {});
  }
  async resize(size: { columns: number; rows: number }) {
    this.sizes.push(size);
  }
  end(code: number | null) {
    this.#exit.resolve(code);
    this.command.end();
  }
}

export class FakeDebug implements EngineDebug {
  readonly boxes = new Map<string, EngineToolbox>();
  readonly specs: ToolboxSpec[] = [];
  readonly copies: CopySpec[] = [];
  readonly terminals = new Map<string, FakeTerminal[]>();
  readonly stopped: string[] = [];
  /** Profiles that the target does not admit, with the message. */
  readonly refused = new Map<DebugProfile, string>();
  readonly #launch: (spec: CopySpec['launch']) => Promise<EngineLaunch>;
  readonly #userOf: (desktopId: string) => string;
  failNext: DeskpodError | null = null;
  /** If set, starting a toolbox waits for this. */
  gate: Promise<void> = Promise.resolve();

  constructor(launch: (spec: CopySpec['launch']) => Promise<EngineLaunch>, userOf: (desktopId: string) => string) {
    this.#launch = launch;
    this.#userOf = userOf;
  }

  async profiles() {
    return new Map(DebugProfile.options.map((profile) => [profile, this.refused.get(profile) ?? null]));
  }
  async addToolbox(spec: ToolboxSpec, report: (waiting: string) => void) {
    report('pulling');
    await this.gate;
    const failure = this.failNext;
    this.failNext = null;
    if (failure) throw failure;
    const refusal = this.refused.get(spec.profile);
    if (refusal !== undefined) throw new DeskpodError('profile_refused', refusal);
    this.specs.push(spec);
    const { name, target, profile, image, by, shared } = spec;
    const { desktopId } = target;
    const box: EngineToolbox = {
      name,
      desktopId,
      userId: this.#userOf(desktopId),
      target,
      profile,
      image,
      by,
      foreign: false,
      shared,
      status: { state: 'running' },
      startedAt: new Date(),
    };
    this.boxes.set(name, box);
    return box;
  }
  async toolboxes(desktopId?: string) {
    return [...this.boxes.values()].filter((box) => desktopId === undefined || box.desktopId === desktopId);
  }
  async toolbox(desktopId: string, name: string) {
    const box = this.boxes.get(name);
    return box?.desktopId === desktopId ? box : null;
  }
  async attach(_desktopId: string, toolbox: string) {
    if (this.boxes.get(toolbox)?.status.state !== 'running')
      throw new DeskpodError('conflict', `${toolbox} has ended.`);
    const terminal = new FakeTerminal();
    this.terminals.set(toolbox, [...(this.terminals.get(toolbox) ?? []), terminal]);
    return terminal;
  }
  async stopToolbox(_desktopId: string, toolbox: string) {
    if (!this.boxes.has(toolbox)) throw new DeskpodError('not_found', `There is no toolbox ${toolbox}.`);
    this.stopped.push(toolbox);
    this.finish(toolbox, 137);
  }
  /** Ends the toolbox's command. */
  finish(toolbox: string, exitCode: number) {
    const box = this.boxes.get(toolbox);
    if (!box) throw new Error(`no toolbox ${toolbox}`);
    const finishedAt = new Date();
    const status = { state: 'finished', exitCode, outOfMemory: false, finishedAt, message: null } as const;
    this.boxes.set(toolbox, { ...box, status });
    for (const terminal of this.terminals.get(toolbox) ?? []) terminal.end(exitCode);
  }
  async copy(spec: CopySpec) {
    this.copies.push(spec);
    return await this.#launch(spec.launch);
  }
  async inspect(desktopId: string): Promise<Inspection> {
    const userId = this.#userOf(desktopId);
    return { desktopId, userId, containers: [], entries: { finished: 0, most: null }, size: null };
  }
  async namespaces() {
    return { containers: [] };
  }
  async processes() {
    return [];
  }
  async sockets() {
    return [];
  }
  async events() {
    return [];
  }
  async describe({ desktopId, launchId }: { desktopId: string; launchId?: string }) {
    return `Name: ${launchId ?? desktopId}\n`;
  }
  async yaml({ desktopId }: { desktopId: string }) {
    return `name: ${desktopId}\n`;
  }
}
