/** Debugging on a cluster: puts its parts together. */
import type { EngineDebug } from '#domain/ports/debug-engine.ts';
import type { Context } from '../context.ts';
import { addToolbox } from './add-toolbox.ts';
import { Admission } from './admitted.ts';
import { attach } from './attach.ts';
import { copy } from './copy.ts';
import { listEvents } from './events.ts';
import { inspect } from './inspect.ts';
import { listNamespaces } from './namespaces.ts';
import { listProcesses, ProcessMeter } from './processes.ts';
import { describe, yaml } from './raw.ts';
import { listSockets } from './sockets.ts';
import { stopToolbox } from './stop-toolbox.ts';
import { listToolboxes, toolboxNamed } from './toolboxes.ts';

export function debugOf(context: Context): EngineDebug {
  const meter = new ProcessMeter();
  const admission = new Admission();
  return {
    profiles: async (target) => admission.profiles(context, target),
    addToolbox: async (spec, report, signal) => addToolbox(context, spec, report, signal),
    toolboxes: async (desktopId) => listToolboxes(context, desktopId),
    toolbox: async (desktopId, name) => toolboxNamed(context, desktopId, name),
    attach: async (desktopId, toolbox, signal) => attach(context, desktopId, toolbox, signal),
    stopToolbox: async (desktopId, toolbox, signal) => stopToolbox(context, desktopId, toolbox, signal),
    copy: async (spec, report, signal) => copy(context, spec, report, signal),
    inspect: async (desktopId) => inspect(context, desktopId),
    namespaces: async (desktopId) => listNamespaces(context, desktopId),
    processes: async (desktopId) => listProcesses(context, meter, desktopId),
    sockets: async (desktopId) => listSockets(context, desktopId),
    events: async (desktopId) => listEvents(context, desktopId),
    describe: async (target) => describe(context, target),
    yaml: async (target) => yaml(context, target),
  };
}
