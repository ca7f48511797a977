/**
 * The methods of the engine port between the two processes: what each takes, what it answers, and which method of the
 * engine it calls. `Engine.connect` is not among them: the server process connects screens, displays and services itself.
 */
import { z } from 'zod';
import { DEBUG } from './debug-protocol.ts';
import * as inputs from './inputs.ts';
import { call, items, reportingCall, type ServedMethod, session } from './method.ts';
import * as results from './results.ts';

const Nothing = z.object({});
const Id = z.object({ id: inputs.Name });
const InDesktop = z.object({ desktopId: inputs.Name });
const MaybeInDesktop = InDesktop.partial();

export const ENGINE = {
  /** The first call: what is known from then on. */
  hello: call('hello', Nothing, results.EngineCapabilities, async ({ engine }) => engine.capabilities),
  info: call('info', Nothing, results.EngineInfo, ({ engine }) => engine.info()),

  makeDesktop: reportingCall(
    'makeDesktop',
    z.object({ spec: inputs.DesktopSpec }),
    results.DesktopReport,
    results.EngineDesktop,
    ({ engine, rules, signal }, { spec }, report) => {
      rules.checkAccount(spec.account);
      const tell = (step: z.output<typeof results.DesktopReport>['step'], detail?: string): void =>
        report({ step, ...(detail === undefined ? {} : { detail }) });
      return engine.makeDesktop(spec, tell, signal);
    },
  ),
  /** While a desktop is made: the server process has found its window manager. */
  windowManagerReady: call(
    'windowManagerReady',
    z.object({ xCookie: inputs.XCookie }),
    z.void(),
    async ({ displays }, { xCookie }) => displays.report(xCookie),
  ),
  desktops: call('desktops', Nothing, z.array(results.EngineDesktop).readonly(), ({ engine }) => engine.desktops()),
  removeDesktop: call('removeDesktop', Id, z.void(), ({ engine, signal }, { id }) => engine.removeDesktop(id, signal)),
  credentials: call('credentials', InDesktop, results.DesktopCredentials, ({ engine }, { desktopId }) =>
    engine.credentials(desktopId),
  ),
  /** Returns when the service accepts connections; the server process connects to it itself. */
  startService: call(
    'startService',
    InDesktop.extend({ service: inputs.Service }),
    z.void(),
    async ({ engine, signal }, { desktopId, service }) => {
      const connection = await engine.connect(desktopId, service, signal);
      connection.destroy();
    },
  ),
  serviceLastUsed: call(
    'serviceLastUsed',
    InDesktop.extend({ service: inputs.Service }),
    results.Moment.nullable(),
    ({ engine }, { desktopId, service }) => engine.serviceLastUsed(desktopId, service),
  ),
  /** One item, when it runs: it may take as long as the desktop lives, which a call may not. */
  serviceRuns: items(
    'serviceRuns',
    InDesktop.extend({ service: inputs.Service }),
    z.literal(true),
    async function* ({ engine, signal }, { desktopId, service }) {
      await engine.serviceRuns(desktopId, service, signal);
      yield true as const;
    },
  ),
  launchOfProcess: call(
    'launchOfProcess',
    InDesktop.extend({ pid: inputs.Pid }),
    z.string().nullable(),
    ({ engine }, { desktopId, pid }) => engine.launchOfProcess(desktopId, pid),
  ),

  launch: reportingCall(
    'launch',
    z.object({ spec: inputs.LaunchSpec }),
    z.string(),
    results.EngineLaunch,
    ({ engine, signal }, { spec }, report) => engine.launch(spec, report, signal),
  ),
  launches: call('launches', MaybeInDesktop, z.array(results.EngineLaunch).readonly(), ({ engine }, { desktopId }) =>
    engine.launches(desktopId),
  ),
  findLaunch: call(
    'findLaunch',
    InDesktop.extend({ id: inputs.Name }),
    results.EngineLaunch.nullable(),
    ({ engine }, { desktopId, id }) => engine.findLaunch(desktopId, id),
  ),
  environment: call('environment', Id, results.AnyEnvironment, ({ engine }, { id }) => engine.environment(id)),
  stopLaunch: call(
    'stopLaunch',
    Id.extend({ graceMs: inputs.GraceMs }),
    z.void(),
    ({ engine, signal }, { id, graceMs }) => engine.stopLaunch(id, graceMs, signal),
  ),
  removeLaunch: call('removeLaunch', Id, z.void(), ({ engine }, { id }) => engine.removeLaunch(id)),

  logs: items(
    'logs',
    z.object({ target: inputs.Target, options: inputs.LogOptions }),
    results.EngineLogLine,
    ({ engine, signal }, { target, options }) => engine.logs(target, options, signal),
  ),
  exec: session(
    'exec',
    z.object({ target: inputs.Target, spec: inputs.ExecSpec }),
    async ({ engine, rules, signal }, { target, spec }) => {
      await rules.checkContainer(engine, target);
      return await engine.exec(target, spec, signal);
    },
  ),
  usage: call('usage', InDesktop, z.array(results.LaunchUsage).readonly(), ({ engine }, { desktopId }) =>
    engine.usage(desktopId),
  ),
  sharedLimits: call('sharedLimits', InDesktop, z.array(results.SharedLimit).readonly(), ({ engine }, { desktopId }) =>
    engine.sharedLimits(desktopId),
  ),
  homeBytes: call('homeBytes', InDesktop, z.number().nullable(), ({ engine }, { desktopId }) =>
    engine.homeBytes(desktopId),
  ),

  image: call(
    'image',
    z.object({ reference: inputs.ImageQuery }),
    results.ImageInfo.nullable(),
    ({ engine }, { reference }) => engine.image(reference),
  ),
  announceImages: call('announceImages', z.object({ images: inputs.AppImages }), z.void(), ({ engine }, { images }) =>
    engine.announceImages(images),
  ),
  ensureImage: reportingCall(
    'ensureImage',
    z.object({ image: inputs.AppImage }),
    z.string(),
    results.ImageInfo,
    ({ engine, signal }, { image }, report) => engine.ensureImage(image, report, signal),
  ),

  watch: items('watch', Nothing, results.EngineEvent, ({ engine, signal }) => engine.watch(signal)),
  tidy: call('tidy', Nothing, z.void(), ({ engine }) => engine.tidy()),
  podNetworks: call('podNetworks', Nothing, z.array(z.string()).readonly(), ({ engine }) => engine.podNetworks()),
  ready: call('ready', Nothing, z.void(), ({ engine }) => engine.ready()),
} as const;

export const METHODS: ReadonlyMap<string, ServedMethod> = new Map(
  [...Object.values<ServedMethod>(ENGINE), ...Object.values<ServedMethod>(DEBUG)].map((method) => [
    method.name,
    method,
  ]),
);
