/** Debugging on a cluster: puts its parts together. */
import type { EngineDebug } from '#domain/debug/engine.ts';
import type { Context } from '../context.ts';
import { addToolbox } from './add-toolbox.ts';
import { admitted } from './admitted.ts';
import { attach } from './attach.ts';
import { copy } from './copy.ts';
import { stopToolbox } from './stop-toolbox.ts';
import { listToolboxes } from './toolboxes.ts';

const notYet = (): never => {
  throw new Error('not yet');
};

export function debugOf(context: Context): EngineDebug {
  return {
    profiles: async (target) => admitted(context, target),
    addToolbox: async (spec, report, signal) => addToolbox(context, spec, report, signal),
    toolboxes: async (desktopId) => listToolboxes(context, desktopId),
    attach: async (desktopId, toolbox, signal) => attach(context, desktopId, toolbox, signal),
    stopToolbox: async (desktopId, toolbox, signal) => stopToolbox(context, desktopId, toolbox, signal),
    copy: async (spec, report, signal) => copy(context, spec, report, signal),
    inside: notYet,
    namespaces: notYet,
    processes: notYet,
    sockets: notYet,
    happenings: notYet,
    describe: notYet,
    yaml: notYet,
  };
}
