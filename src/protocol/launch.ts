/** Launches: running and finished instances of apps; the Tasks page shows them. */
import { z } from 'zod';
import { Environment, GivenEnvironment, Limits, PublicNames, Runtime } from './app.ts';

/** Why a launch ended. */
export const EndReason = z.enum([
  'completed',
  'error',
  'stopped_by_you',
  'stopped_by_admin',
  'out_of_memory',
  'killed',
  'start_failed',
  'desktop_ended',
]);
export type EndReason = z.infer<typeof EndReason>;

export const LaunchState = z.discriminatedUnion('state', [
  /** Until its first window is mapped; `step` is the current step. */
  z.object({
    state: z.literal('starting'),
    step: z.enum(['image', 'create', 'window']),
    /** The engine's message while it waits, for example that an image can't be pulled. */
    detail: z.string().optional(),
  }),
  z.object({ state: z.literal('running') }),
  z.object({ state: z.literal('stopping') }),
  z.object({
    state: z.literal('finished'),
    reason: EndReason,
    /** As the engine reported it; null if nothing ran. */
    exitCode: z.int().nullable(),
    finishedAt: z.iso.datetime(),
    /** The engine's message, if it gave one. */
    message: z.string().nullable(),
  }),
]);
export type LaunchState = z.infer<typeof LaunchState>;

export const Launch = z.object({
  /** For example `hermes-app-2048-qt-4dd6f`. */
  id: z.string(),
  userId: z.string(),
  desktopId: z.string(),
  appId: z.string(),
  appName: z.string(),
  runtime: Runtime,
  status: LaunchState,
  startedAt: z.iso.datetime(),
  /** Milliseconds from the request to the first mapped window. */
  windowMs: z.number().nonnegative().nullable(),
  limits: Limits,
  image: z.string(),
  imageDigest: z.string().nullable(),
  args: z.array(z.string()),
  /** The launch that this one is a copy of, for a debug session. */
  copyOf: z.string().optional(),
  /** The kernel killed one of its processes for lack of memory, even if the launch continued. */
  memoryKill: z.boolean().optional(),
  /** Its end deserves the user's attention and isn't marked as read yet: `POST /launches/read`. */
  unread: z.boolean().optional(),
});
export type Launch = z.infer<typeof Launch>;

export const LaunchRequest = z.object({
  /** App id or `oc.name`. */
  app: z.string().min(1).max(512),
  /** Overrides the app's runtime. */
  runtime: Runtime.optional(),
  /** Their values are shown to the owner alone, except those in `publicEnv`. */
  env: GivenEnvironment.default({}),
  publicEnv: PublicNames.default([]),
  args: z.array(z.string().max(4096)).max(64).default([]),
});
export type LaunchRequest = z.input<typeof LaunchRequest>;

/** Launches whose end the user has seen. */
export const LaunchesRead = z.object({ ids: z.array(z.string().max(253)).min(1).max(200) });
export type LaunchesRead = z.infer<typeof LaunchesRead>;

/** The same app again; omitted fields keep their values. */
export const LaunchCommand = z.object({
  runtime: Runtime.optional(),
  env: GivenEnvironment.optional(),
  publicEnv: PublicNames.optional(),
  args: z.array(z.string().max(4096)).max(64).optional(),
});
export type LaunchCommand = z.infer<typeof LaunchCommand>;

/** Another `user`, or `*` for all, is for support and administrators. */
export const LaunchQuery = z.object({
  user: z.string().max(256).optional(),
  /** Id or name of the app. */
  app: z.string().max(512).optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type LaunchQuery = z.input<typeof LaunchQuery>;

/** A remedy that the UI offers as a button: the same app with changes. */
export const Remedy = z.object({
  label: z.string(),
  runtime: Runtime.optional(),
  env: Environment.optional(),
  args: z.array(z.string()).optional(),
});
export type Remedy = z.infer<typeof Remedy>;

/** The likely cause of a failure, derived from state and log. */
export const Hint = z.object({
  id: z.string(),
  title: z.string(),
  explanation: z.string(),
  remedies: z.array(Remedy),
  /** Section of docs/troubleshooting.md. */
  anchor: z.string().nullable(),
});
export type Hint = z.infer<typeof Hint>;

export const LogLine = z.object({
  /** Time with fractions of seconds; null if the engine gave none. */
  at: z.iso.datetime().nullable(),
  stream: z.enum(['stdout', 'stderr']),
  /** Colours and styles (SGR) are the only escape sequences in it. */
  text: z.string(),
  /** Instead of a line: how much was skipped for a slow reader; null if unknown. */
  skipped: z.object({ lines: z.int().nullable(), bytes: z.int().nullable() }).optional(),
});
export type LogLine = z.infer<typeof LogLine>;

export const LaunchDetail = Launch.extend({
  /** Secrets are masked as `••••`. */
  environment: Environment,
  /** What the request added to the app's own; *Run again with…* starts from it. */
  requested: z.object({ env: Environment, publicEnv: z.array(z.string()).default([]), args: z.array(z.string()) }),
  hints: z.array(Hint),
});
export type LaunchDetail = z.infer<typeof LaunchDetail>;

export const Usage = z.object({
  launchId: z.string(),
  /** CPU usage: 0.5 is half a core. */
  cpu: z.number().nonnegative(),
  memoryBytes: z.int().nonnegative(),
});
export type Usage = z.infer<typeof Usage>;
