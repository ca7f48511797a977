/** Debug sessions: toolboxes, copies and commands in launches and desktops, and who approved them. */
import { z } from 'zod';
import { GivenEnvironment } from './app.ts';

/** From narrow to wide: the names and security contexts of `kubectl debug --profile`. */
export const DebugProfile = z.enum(['restricted', 'baseline', 'general', 'netadmin', 'sysadmin']);
export type DebugProfile = z.infer<typeof DebugProfile>;

/** A launch or a desktop; by default the caller's own desktop. */
export const DebugTarget = z.object({
  launch: z.string().max(253).optional(),
  desktop: z.string().max(253).optional(),
});
export type DebugTarget = z.infer<typeof DebugTarget>;

/** Why; required for other users' launches and desktops. */
const Reason = z.string().trim().max(500).default('');

/** An RFC 1123 label, as Kubernetes requires for container names. */
export const ContainerName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'Use up to 63 lowercase letters, digits and hyphens. Don’t start or end with a hyphen.',
  );

export const ToolboxRequest = DebugTarget.extend({
  /** `--target`: a container of the desktop's pod; by default the launch's own or `graphical`. */
  target: z.string().max(63).optional(),
  /** `--container`: name of the toolbox; by default `debugger-xxxxx`. */
  name: ContainerName.optional(),
  image: z.string().min(1).max(512).optional(),
  /** By default the widest profile that the user and the target allow. */
  profile: DebugProfile.optional(),
  env: GivenEnvironment.default({}),
  /** By default the image's own command, or a shell. */
  command: z.array(z.string().max(4096)).max(64).default([]),
  /** Exactly what `kubectl debug` adds, without Deskpod's mounts, user and greeting. */
  plain: z.boolean().default(false),
  /** Merged into the container as by `kubectl debug --custom`; for administrators, if `debug.profiles` permits it. */
  custom: z.record(z.string(), z.unknown()).optional(),
  reason: Reason,
});
export type ToolboxRequest = z.input<typeof ToolboxRequest>;

export const CopyRequest = z.object({
  launch: z.string().max(253),
  /** `--copy-to`; by default a name like the launch's. */
  name: ContainerName.optional(),
  /** `--set-image` */
  image: z.string().min(1).max(512).optional(),
  command: z.array(z.string().max(4096)).max(64).default([]),
  env: GivenEnvironment.default({}),
  shareProcesses: z.boolean().default(true),
  sameNode: z.boolean().default(false),
  plain: z.boolean().default(false),
  reason: Reason,
});
export type CopyRequest = z.input<typeof CopyRequest>;

/** A command or shell in another user's launch or desktop: requested here, then opened as a terminal. */
export const ExecRequest = DebugTarget.extend({ reason: Reason });
export type ExecRequest = z.input<typeof ExecRequest>;

/** Why the session is allowed. */
export const DebugGrant = z.enum(['own', 'consent', 'approval', 'administrator']);
export type DebugGrant = z.infer<typeof DebugGrant>;

export const DebugEnd = z.enum([
  /** The requester stopped it. */
  'stopped',
  /** Its command ended. */
  'exited',
  /** Its time to live elapsed. */
  'expired',
  /** The owner of the desktop ended it. */
  'ended_by_owner',
  'ended_by_admin',
  'desktop_ended',
  'declined',
  /** It wasn't approved in time. */
  'unanswered',
  'failed',
]);
export type DebugEnd = z.infer<typeof DebugEnd>;

export const DebugState = z.discriminatedUnion('state', [
  /** Waits for the owner's consent; from `approvableAt` on, an administrator may approve instead. */
  z.object({ state: z.literal('asking'), approvableAt: z.iso.datetime(), until: z.iso.datetime() }),
  z.object({
    state: z.literal('starting'),
    /** The engine's progress message. */ detail: z.string().nullable(),
  }),
  z.object({ state: z.literal('running'), endsAt: z.iso.datetime() }),
  z.object({
    state: z.literal('ended'),
    at: z.iso.datetime(),
    reason: DebugEnd,
    exitCode: z.int().nullable(),
    /** One sentence for users. */
    message: z.string().nullable(),
  }),
]);
export type DebugState = z.infer<typeof DebugState>;

/** Who debugs what, why, from when to when, and with which rights. */
export const DebugSession = z.object({
  id: z.uuid(),
  kind: z.enum(['toolbox', 'copy', 'exec']),
  by: z.object({ id: z.string(), name: z.string() }),
  /** The owner of the desktop. */
  userId: z.string(),
  desktopId: z.string(),
  launchId: z.string().nullable(),
  appName: z.string().nullable(),
  /** The target container, unless it is the launch's own. */
  target: z.string().nullable(),
  /** Name of the toolbox or of the copy; null until it exists. */
  name: z.string().nullable(),
  image: z.string().nullable(),
  profile: DebugProfile.nullable(),
  /** Whether it uses a toolbox that existed before. */
  reused: z.boolean(),
  reason: z.string(),
  grant: DebugGrant.nullable(),
  /** Who approved it, if it wasn't the requester. */
  grantedBy: z.string().nullable(),
  status: DebugState,
  askedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  /** Whether it has a recording. */
  transcript: z.boolean(),
  /** Whether the owner of the desktop has seen it. */
  seen: z.boolean(),
});
export type DebugSession = z.infer<typeof DebugSession>;

export const DebugQuery = z.object({
  /** Sessions on this user's desktop, or `*` for all (support and administrators); by default those by the caller or on their desktop. */
  user: z.string().max(256).optional(),
  /** Only pending and active sessions. */
  open: z.stringbool().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type DebugQuery = z.input<typeof DebugQuery>;

/** The caller's options for one target, before anything is started. */
export const DebugOffer = z.object({
  /** Why debugging is impossible, with a remedy; null if it is possible. */
  refusal: z.string().nullable(),
  /** Requirements: none, a reason, or a reason and the owner's consent. */
  needs: z.enum(['nothing', 'reason', 'consent']),
  profiles: z.array(
    z.object({
      profile: DebugProfile,
      /** Why it is unavailable, in the engine's words; null if it is available. */
      refusal: z.string().nullable(),
    }),
  ),
  /** The default profile; null if none is available. */
  profile: DebugProfile.nullable(),
  /** Whether custom container specs are available. */
  custom: z.boolean().default(false),
  images: z.array(z.string()),
  /** Containers of the desktop that can be targets. */
  targets: z.array(z.string()),
  ttlSeconds: z.int().positive(),
});
export type DebugOffer = z.infer<typeof DebugOffer>;
