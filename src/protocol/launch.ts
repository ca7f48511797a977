/** Launches: running and finished instances of apps; the Tasks page shows them. */
import { z } from 'zod';
import { Environment, Limits, Runtime } from './app.ts';

/** Why a launch is over. */
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
  /** Until its first window is mapped; `step` says what happens now. */
  z.object({
    state: z.literal('starting'),
    step: z.enum(['image', 'create', 'window']),
    /** What it waits for, in the engine's words, for example that an image cannot be pulled. */
    detail: z.string().optional(),
  }),
  z.object({ state: z.literal('running') }),
  z.object({ state: z.literal('stopping') }),
  z.object({
    state: z.literal('finished'),
    reason: EndReason,
    /** As the engine reported it; null when nothing ever ran. */
    exitCode: z.int().nullable(),
    finishedAt: z.iso.datetime(),
    /** The engine's own words, when it had any. */
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
  /** The launch that this one is a copy of, made to look into it. */
  copyOf: z.string().optional(),
});
export type Launch = z.infer<typeof Launch>;

export const LaunchRequest = z.object({
  /** App id or `oc.name`. */
  app: z.string().min(1).max(512),
  /** Another runtime than the app's own. */
  runtime: Runtime.optional(),
  env: Environment.default({}),
  args: z.array(z.string().max(4096)).max(64).default([]),
});
export type LaunchRequest = z.input<typeof LaunchRequest>;

/** The same app again; what is left out is as it was. */
export const LaunchAgain = z.object({
  runtime: Runtime.optional(),
  env: Environment.optional(),
  args: z.array(z.string().max(4096)).max(64).optional(),
});
export type LaunchAgain = z.infer<typeof LaunchAgain>;

/** `user` of somebody else, or `*` for all, is for support and administrators. */
export const LaunchQuery = z.object({
  user: z.string().max(256).optional(),
  /** Id or name of the app. */
  app: z.string().max(512).optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type LaunchQuery = z.input<typeof LaunchQuery>;

/** A remedy that the UI offers as a button: the same app again, changed. */
export const Remedy = z.object({
  label: z.string(),
  runtime: Runtime.optional(),
  env: Environment.optional(),
  args: z.array(z.string()).optional(),
});
export type Remedy = z.infer<typeof Remedy>;

/** What a failure means, read from state and log. */
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
  /** Time with fractions of seconds, null where the engine gave none. */
  at: z.iso.datetime().nullable(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

export const LaunchDetail = Launch.extend({
  /** Secrets are masked as `••••`. */
  environment: Environment,
  /** What was asked for beyond the app's own, as *Run again with…* starts from. */
  requested: z.object({ env: Environment, args: z.array(z.string()) }),
  hints: z.array(Hint),
});
export type LaunchDetail = z.infer<typeof LaunchDetail>;

export const Usage = z.object({
  launchId: z.string(),
  /** Share of one processor: 0.5 is half a core. */
  cpu: z.number().nonnegative(),
  memoryBytes: z.int().nonnegative(),
});
export type Usage = z.infer<typeof Usage>;
