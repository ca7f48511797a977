/** The debugging part of the engine port, with the engine in another process. */
import type { CopySpec, EngineDebug, EngineToolbox, ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { EngineLaunch, ExecSession, Target } from '#domain/ports/engine-launch.ts';
import type { DebugProfile } from '#protocol/debug.ts';
import type { DesktopEvent, InspectedProcess, InspectedSocket, Inspection, Namespaces } from '#protocol/inspect.ts';
import { DEBUG } from './debug-protocol.ts';
import type { Link } from './link.ts';

/** For what was made although nobody wants it any longer. */
const UNDO_MS = 30_000;

export class RemoteDebug implements EngineDebug {
  readonly #link: Link;
  readonly #removeLaunch: (launch: EngineLaunch) => Promise<void>;

  constructor(link: Link, removeLaunch: (launch: EngineLaunch) => Promise<void>) {
    this.#link = link;
    this.#removeLaunch = removeLaunch;
  }

  profiles(target: Target): Promise<ReadonlyMap<DebugProfile, string | null>> {
    return this.#link.call(DEBUG.profiles, { target });
  }

  addToolbox(spec: ToolboxSpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineToolbox> {
    const undo = ({ desktopId, name }: EngineToolbox): Promise<void> =>
      this.stopToolbox(desktopId, name, AbortSignal.timeout(UNDO_MS));
    return this.#link.call(DEBUG.addToolbox, { spec }, { report, signal, undo });
  }

  toolboxes(desktopId?: string): Promise<readonly EngineToolbox[]> {
    return this.#link.call(DEBUG.toolboxes, desktopId === undefined ? {} : { desktopId });
  }

  toolbox(desktopId: string, name: string): Promise<EngineToolbox | null> {
    return this.#link.call(DEBUG.toolbox, { desktopId, name });
  }

  attach(desktopId: string, toolbox: string, signal: AbortSignal): Promise<ExecSession> {
    return this.#link.session(DEBUG.attach, { desktopId, name: toolbox }, signal);
  }

  stopToolbox(desktopId: string, toolbox: string, signal: AbortSignal): Promise<void> {
    return this.#link.call(DEBUG.stopToolbox, { desktopId, name: toolbox }, { signal });
  }

  copy(spec: CopySpec, report: (waiting: string) => void, signal: AbortSignal): Promise<EngineLaunch> {
    return this.#link.call(DEBUG.copy, { spec }, { report, signal, undo: this.#removeLaunch });
  }

  inspect(desktopId: string): Promise<Inspection> {
    return this.#link.call(DEBUG.inspect, { desktopId });
  }

  namespaces(desktopId: string): Promise<Namespaces> {
    return this.#link.call(DEBUG.namespaces, { desktopId });
  }

  processes(desktopId: string): Promise<readonly InspectedProcess[]> {
    return this.#link.call(DEBUG.processes, { desktopId });
  }

  sockets(desktopId: string): Promise<readonly InspectedSocket[]> {
    return this.#link.call(DEBUG.sockets, { desktopId });
  }

  events(desktopId: string): Promise<readonly DesktopEvent[]> {
    return this.#link.call(DEBUG.events, { desktopId });
  }

  describe(target: Target): Promise<string> {
    return this.#link.call(DEBUG.describe, { target });
  }

  yaml(target: Target): Promise<string> {
    return this.#link.call(DEBUG.yaml, { target });
  }
}
