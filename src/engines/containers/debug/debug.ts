/** The engine's debug methods; each is a file beside this one. */
import type { CopySpec, EngineDebug, EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { EngineLaunch, ExecSession, Target } from '#domain/ports/engine-launch.ts';
import type { DebugProfile } from '#protocol/debug.ts';
import type { DesktopEvent, Inspection, InspectedProcess, InspectedSocket, Namespaces } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { admitted } from './admitted.ts';
import { attach } from './attach.ts';
import { copy } from './copy.ts';
import { describeTarget } from './describe.ts';
import { listEvents } from './events.ts';
import { inspect } from './inspect.ts';
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

  inspect(desktopId: string): Promise<Inspection> {
    return inspect(this.#context, desktopId);
  }

  namespaces(desktopId: string): Promise<Namespaces> {
    return namespacesOf(this.#context, desktopId);
  }

  processes(desktopId: string): Promise<readonly InspectedProcess[]> {
    return this.#processes.read(desktopId);
  }

  sockets(desktopId: string): Promise<readonly InspectedSocket[]> {
    return socketsOf(this.#context, desktopId);
  }

  events(desktopId: string): Promise<readonly DesktopEvent[]> {
    return listEvents(this.#context, desktopId);
  }

  describe(target: Target): Promise<string> {
    return describeTarget(this.#context, target);
  }

  yaml(target: Target): Promise<string> {
    return yamlOf(this.#context, target);
  }
}
