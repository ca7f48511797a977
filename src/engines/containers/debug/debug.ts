/** The engine's part for debugging, put together: each method is a file beside this one. */
import type { CopySpec, EngineDebug, EngineToolbox, ToolboxSpec } from '#domain/debug/engine.ts';
import type { EngineLaunch, ExecSession, Target } from '#domain/engine.ts';
import type { DebugProfile } from '#protocol/debug.ts';
import type { EngineHappening, Inside, InsideProcess, InsideSocket, Namespaces } from '#protocol/inside.ts';
import type { Context } from '../context.ts';
import { admitted } from './admitted.ts';
import { attach } from './attach.ts';
import { copy } from './copy.ts';
import { describeTarget } from './describe.ts';
import { happeningsOf } from './happenings.ts';
import { insideOf } from './inside.ts';
import { namespacesOf } from './namespaces.ts';
import { ProcessMeter } from './processes.ts';
import { yamlOf } from './raw.ts';
import { socketsOf } from './sockets.ts';
import { findTarget } from './targets.ts';
import { addToolbox, listToolboxes, stopToolbox, toolboxNamed } from './toolboxes.ts';

export class ContainersDebug implements EngineDebug {
  readonly #context: Context;
  readonly #processes: ProcessMeter;

  constructor(context: Context) {
    this.#context = context;
    this.#processes = new ProcessMeter(context);
  }

  async profiles(target: Target): Promise<ReadonlyMap<DebugProfile, string | null>> {
    await findTarget(this.#context, target);
    return admitted(this.#context);
  }

  addToolbox(spec: ToolboxSpec, _report: (waiting: string) => void, signal: AbortSignal): Promise<EngineToolbox> {
    return addToolbox(this.#context, spec, signal);
  }

  toolboxes(desktopId?: string): Promise<readonly EngineToolbox[]> {
    return listToolboxes(this.#context, desktopId);
  }

  toolbox(desktopId: string, name: string): Promise<EngineToolbox | null> {
    return toolboxNamed(this.#context, desktopId, name);
  }

  attach(desktopId: string, toolbox: string, signal: AbortSignal): Promise<ExecSession> {
    return attach(this.#context, desktopId, toolbox, signal);
  }

  stopToolbox(desktopId: string, toolbox: string, signal: AbortSignal): Promise<void> {
    return stopToolbox(this.#context, desktopId, toolbox, signal);
  }

  copy(spec: CopySpec, _report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch> {
    return copy(this.#context, spec, signal);
  }

  inside(desktopId: string): Promise<Inside> {
    return insideOf(this.#context, desktopId);
  }

  namespaces(desktopId: string): Promise<Namespaces> {
    return namespacesOf(this.#context, desktopId);
  }

  processes(desktopId: string): Promise<readonly InsideProcess[]> {
    return this.#processes.read(desktopId);
  }

  sockets(desktopId: string): Promise<readonly InsideSocket[]> {
    return socketsOf(this.#context, desktopId);
  }

  happenings(desktopId: string): Promise<readonly EngineHappening[]> {
    return happeningsOf(this.#context, desktopId);
  }

  describe(target: Target): Promise<string> {
    return describeTarget(this.#context, target);
  }

  yaml(target: Target): Promise<string> {
    return yamlOf(this.#context, target);
  }
}
