/** What the engine process answers: the types of the engine port, with dates and maps in a form that JSON has. */
import { z } from 'zod';
import type { EngineToolbox as ToolboxOf } from '#domain/ports/debug-engine.ts';
import type * as port from '#domain/ports/engine.ts';
import type * as launches from '#domain/ports/engine-launch.ts';
import { Runtime } from '#protocol/app.ts';
import { DebugProfile } from '#protocol/debug.ts';
import * as desktop from '#protocol/desktop.ts';
import { SystemWarning } from '#protocol/system.ts';

/** As milliseconds since 1970. */
export const Moment = z.codec(z.number(), z.date(), {
  decode: (ms) => new Date(ms),
  encode: (date) => date.getTime(),
});

export const EngineCapabilities = z.object({
  ephemeral: z.object({ limits: z.boolean(), nodeChoice: z.boolean() }),
  processLimits: z.boolean(),
  buildsImages: z.boolean(),
  sharedPodNetwork: z.boolean(),
  separateLostHomes: z.boolean(),
}) satisfies z.ZodType<port.EngineCapabilities>;

export const EngineInfo = z.object({
  kind: z.string(),
  name: z.string(),
  version: z.string(),
  host: z.string(),
}) satisfies z.ZodType<port.EngineInfo>;

export const Warnings = z.array(SystemWarning);

export const DesktopReport = z.object({
  step: z.enum(['home', 'create', 'display', 'window_manager']) satisfies z.ZodType<port.DesktopStep>,
  detail: z.string().exactOptional(),
});

const Endpoint = z.object({ host: z.string(), port: z.int() });

export const EngineDesktop = z.object({
  id: z.string(),
  userId: z.string(),
  state: z.enum(['running', 'ended']),
  createdAt: Moment,
  regional: z.object({ timezone: z.string().nullable(), languages: z.array(z.string()) }),
  address: z.string().nullable(),
  node: z.string().nullable(),
  screen: Endpoint.nullable(),
  services: z.object({
    files: Endpoint.nullable().exactOptional(),
    sound: Endpoint.nullable().exactOptional(),
    printer: Endpoint.nullable().exactOptional(),
    video: Endpoint.nullable().exactOptional(),
  }),
  uid: z.string(),
  entries: z.object({ finished: z.int(), most: z.int().nullable() }),
  home: desktop.Home,
  shared: z.array(z.string()),
}) satisfies z.ZodType<port.EngineDesktop>;

export const DesktopCredentials = z.object({
  vncPassword: z.string(),
  xCookie: z.string(),
  filesPassword: z.string(),
  soundCookie: z.string(),
  printQueue: z.string(),
  videoKey: z.string(),
}) satisfies z.ZodType<port.DesktopCredentials>;

/** Those of images have any name. */
export const AnyEnvironment = z.record(z.string(), z.string());

const EngineLaunchState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting'), waiting: z.string().nullable() }),
  z.object({ state: z.literal('running') }),
  z.object({
    state: z.literal('finished'),
    exitCode: z.number().nullable(),
    outOfMemory: z.boolean(),
    finishedAt: Moment,
    message: z.string().nullable(),
  }),
]) satisfies z.ZodType<launches.EngineLaunchState>;

export const EngineLaunch = z.object({
  id: z.string(),
  desktopId: z.string(),
  userId: z.string(),
  runtime: Runtime,
  status: EngineLaunchState,
  startedAt: Moment,
  image: z.string(),
  imageDigest: z.string().nullable(),
  hostname: z.string(),
  memoryKill: z.boolean(),
}) satisfies z.ZodType<launches.EngineLaunch>;

const LogGap = z.object({
  lines: z.number().nullable(),
  bytes: z.number().nullable(),
}) satisfies z.ZodType<port.LogGap>;

export const EngineLogLine = z.object({
  at: Moment.nullable(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
  cut: z.number().exactOptional(),
  skipped: LogGap.exactOptional(),
}) satisfies z.ZodType<port.EngineLogLine>;

export const EngineEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('desktop'), desktop: EngineDesktop }),
  z.object({ type: z.literal('desktop_gone'), id: z.string() }),
  z.object({ type: z.literal('launch'), launch: EngineLaunch }),
  z.object({ type: z.literal('launch_gone'), id: z.string(), desktopId: z.string() }),
]) satisfies z.ZodType<port.EngineEvent>;

export const ImageInfo = z.object({
  id: z.string(),
  digest: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  command: z.array(z.string()),
  architecture: z.string(),
  os: z.string(),
  createdAt: Moment,
  bytes: z.number().nullable(),
  outdated: z.boolean(),
  inspect: z.unknown(),
}) satisfies z.ZodType<port.ImageInfo>;

export const LaunchUsage = z.object({
  launchId: z.string(),
  cpu: z.number(),
  memoryBytes: z.number(),
}) satisfies z.ZodType<port.LaunchUsage>;

export const SharedLimit = z.object({
  name: z.enum(['memory', 'cpus', 'processes']),
  limit: z.number(),
  used: z.number().nullable(),
}) satisfies z.ZodType<port.SharedLimit>;

export const EngineToolbox = z.object({
  name: z.string(),
  desktopId: z.string(),
  userId: z.string(),
  target: z
    .object({ desktopId: z.string(), launchId: z.string().exactOptional(), container: z.string().exactOptional() })
    .nullable(),
  profile: DebugProfile.nullable(),
  image: z.string(),
  by: z.string().nullable(),
  foreign: z.boolean(),
  shared: z.boolean(),
  status: EngineLaunchState,
  startedAt: Moment,
}) satisfies z.ZodType<ToolboxOf>;

/** A map is a list of pairs. */
export const Profiles = z.codec(
  z.array(z.tuple([DebugProfile, z.string().nullable()])),
  z.map(DebugProfile, z.string().nullable()),
  {
    decode: (pairs) => new Map(pairs),
    encode: (profiles) => [...profiles],
  },
);
