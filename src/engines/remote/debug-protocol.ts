/** The methods of the engine port's debugging part between the two processes, as `protocol.ts` has the others. */
import { z } from 'zod';
import { DesktopEvent, InspectedProcess, InspectedSocket, Inspection, Namespaces } from '#protocol/inspect.ts';
import * as inputs from './inputs.ts';
import { call, reportingCall, session } from './method.ts';
import * as results from './results.ts';

const InDesktop = z.object({ desktopId: inputs.Name });
const InToolbox = InDesktop.extend({ name: inputs.ToolboxName });
const OfTarget = z.object({ target: inputs.Target });

export const DEBUG = {
  profiles: call(
    'debug.profiles',
    OfTarget,
    results.Profiles,
    async ({ engine }, { target }) => new Map(await engine.debug.profiles(target)),
  ),
  addToolbox: reportingCall(
    'debug.addToolbox',
    z.object({ spec: inputs.ToolboxSpec }),
    z.string(),
    results.EngineToolbox,
    ({ engine, rules, signal }, { spec }, report) => {
      rules.checkToolbox(spec);
      return engine.debug.addToolbox(spec, report, signal);
    },
  ),
  toolboxes: call(
    'debug.toolboxes',
    InDesktop.partial(),
    z.array(results.EngineToolbox).readonly(),
    ({ engine }, { desktopId }) => engine.debug.toolboxes(desktopId),
  ),
  toolbox: call('debug.toolbox', InToolbox, results.EngineToolbox.nullable(), ({ engine }, { desktopId, name }) =>
    engine.debug.toolbox(desktopId, name),
  ),
  attach: session('debug.attach', InToolbox, async ({ engine, rules, signal }, { desktopId, name }) => {
    await rules.checkContainer(engine, { desktopId, container: name });
    return await engine.debug.attach(desktopId, name, signal);
  }),
  stopToolbox: call('debug.stopToolbox', InToolbox, z.void(), ({ engine, signal }, { desktopId, name }) =>
    engine.debug.stopToolbox(desktopId, name, signal),
  ),
  copy: reportingCall(
    'debug.copy',
    z.object({ spec: inputs.CopySpec }),
    z.string(),
    results.EngineLaunch,
    ({ engine, signal }, { spec }, report) => engine.debug.copy(spec, report, signal),
  ),

  inspect: call('debug.inspect', InDesktop, Inspection, ({ engine }, { desktopId }) => engine.debug.inspect(desktopId)),
  namespaces: call('debug.namespaces', InDesktop, Namespaces, ({ engine }, { desktopId }) =>
    engine.debug.namespaces(desktopId),
  ),
  processes: call('debug.processes', InDesktop, z.array(InspectedProcess).readonly(), ({ engine }, { desktopId }) =>
    engine.debug.processes(desktopId),
  ),
  sockets: call('debug.sockets', InDesktop, z.array(InspectedSocket).readonly(), ({ engine }, { desktopId }) =>
    engine.debug.sockets(desktopId),
  ),
  events: call('debug.events', InDesktop, z.array(DesktopEvent).readonly(), ({ engine }, { desktopId }) =>
    engine.debug.events(desktopId),
  ),
  describe: call('debug.describe', OfTarget, z.string(), ({ engine }, { target }) => engine.debug.describe(target)),
  yaml: call('debug.yaml', OfTarget, z.string(), ({ engine }, { target }) => engine.debug.yaml(target)),
} as const;
