/** Looking into what runs: toolboxes, copies and commands in others' launches, and who agreed to it. */
import { z } from 'zod';
import { Environment } from './app.ts';

/** From narrow to wide: the words and security contexts of `kubectl debug --profile`. */
export const DebugProfile = z.enum(['restricted', 'baseline', 'general', 'netadmin', 'sysadmin']);
export type DebugProfile = z.infer<typeof DebugProfile>;

/** What is looked into: a launch, or a desktop; the caller's own desktop without either. */
export const DebugTarget = z.object({
  launch: z.string().max(253).optional(),
  desktop: z.string().max(253).optional(),
});
export type DebugTarget = z.infer<typeof DebugTarget>;

/** Why somebody looks; needed for what is not one's own. */
const Reason = z.string().trim().max(500).default('');

/** RFC 1123 label, as Kubernetes wants container names. */
export const ContainerName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'small letters, digits and dashes, at most 63, none at an end');

export const ToolboxRequest = DebugTarget.extend({
  /** `--target`: a container of the desktop's pod; the launch's own or `graphical` without. */
  target: z.string().max(63).optional(),
  /** `--container`: name of the toolbox, `debugger-xxxxx` without. */
  name: ContainerName.optional(),
  image: z.string().min(1).max(512).optional(),
  /** The widest that user and place allow without. */
  profile: DebugProfile.optional(),
  env: Environment.default({}),
  /** The image's own, or a shell, without. */
  command: z.array(z.string().max(4096)).max(64).default([]),
  /** Exactly what `kubectl debug` would add, and nothing of ours. */
  plain: z.boolean().default(false),
  /** Merged into the container like `kubectl debug --custom`; for administrators. */
  custom: z.record(z.string(), z.unknown()).optional(),
  reason: Reason,
});
export type ToolboxRequest = z.input<typeof ToolboxRequest>;

export const CopyRequest = z.object({
  launch: z.string().max(253),
  /** `--copy-to`; a name like the launch's without. */
  name: ContainerName.optional(),
  /** `--set-image` */
  image: z.string().min(1).max(512).optional(),
  command: z.array(z.string().max(4096)).max(64).default([]),
  env: Environment.default({}),
  shareProcesses: z.boolean().default(true),
  sameNode: z.boolean().default(false),
  plain: z.boolean().default(false),
  reason: Reason,
});
export type CopyRequest = z.input<typeof CopyRequest>;

/** A command or shell in somebody else's launch or desktop: asked for here, then opened as a terminal. */
export const ExecRequest = DebugTarget.extend({ reason: Reason });
export type ExecRequest = z.input<typeof ExecRequest>;

/** How it came to be allowed. */
export const DebugGrant = z.enum(['own', 'consent', 'approval', 'administrator']);
export type DebugGrant = z.infer<typeof DebugGrant>;

export const DebugEnd = z.enum([
  /** Whoever looked stopped it. */
  'stopped',
  /** Its command ended by itself. */
  'exited',
  /** Its time was over. */
  'expired',
  /** The person whose desktop it is ended it. */
  'ended_by_owner',
  'ended_by_admin',
  'desktop_ended',
  'declined',
  /** Nobody agreed in time. */
  'unanswered',
  'failed',
]);
export type DebugEnd = z.infer<typeof DebugEnd>;

export const DebugState = z.discriminatedUnion('state', [
  /** For the person's consent; from `approvableAt` on an administrator may approve instead. */
  z.object({ state: z.literal('asking'), approvableAt: z.iso.datetime(), until: z.iso.datetime() }),
  z.object({
    state: z.literal('starting'),
    /** What it waits for, in the engine's words. */ detail: z.string().nullable(),
  }),
  z.object({ state: z.literal('running'), endsAt: z.iso.datetime() }),
  z.object({
    state: z.literal('ended'),
    at: z.iso.datetime(),
    reason: DebugEnd,
    exitCode: z.int().nullable(),
    /** One sentence for people. */
    message: z.string().nullable(),
  }),
]);
export type DebugState = z.infer<typeof DebugState>;

/** Who looked at what, why, from when to when, and with which rights. */
export const DebugSession = z.object({
  id: z.uuid(),
  kind: z.enum(['toolbox', 'copy', 'exec']),
  by: z.object({ id: z.string(), name: z.string() }),
  /** Whose desktop. */
  userId: z.string(),
  desktopId: z.string(),
  launchId: z.string().nullable(),
  appName: z.string().nullable(),
  /** The container of the desktop that is looked into, when it is not the launch's own. */
  target: z.string().nullable(),
  /** Of the toolbox or of the launch that is the copy; null until it is made. */
  name: z.string().nullable(),
  image: z.string().nullable(),
  profile: DebugProfile.nullable(),
  /** A toolbox that was there already was used again. */
  reused: z.boolean(),
  reason: z.string(),
  grant: DebugGrant.nullable(),
  /** Who gave it, when it was not the one who looks. */
  grantedBy: z.string().nullable(),
  status: DebugState,
  askedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  /** Whether a recording can be played. */
  transcript: z.boolean(),
  /** Whether the person it is about has seen that it was. */
  seen: z.boolean(),
});
export type DebugSession = z.infer<typeof DebugSession>;

export const DebugQuery = z.object({
  /** About this user's desktop, or `*` for all, for support and administrators; without: by or about the caller. */
  user: z.string().max(256).optional(),
  /** Only those that wait for somebody to agree, or that go on. */
  open: z.stringbool().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type DebugQuery = z.input<typeof DebugQuery>;

/** What this caller may do with one target, before anything is done. */
export const DebugOffer = z.object({
  /** Why not at all, and how to change that; null when it is possible. */
  refusal: z.string().nullable(),
  /** What it takes: nothing, a reason, or a reason and the person's consent. */
  needs: z.enum(['nothing', 'reason', 'consent']),
  profiles: z.array(
    z.object({
      profile: DebugProfile,
      /** Why it cannot be had, in the engine's words; null when it can. */
      refusal: z.string().nullable(),
    }),
  ),
  /** What is taken when none is said; null when none can be had. */
  profile: DebugProfile.nullable(),
  images: z.array(z.string()),
  /** Containers of the desktop that can be looked into. */
  targets: z.array(z.string()),
  ttlSeconds: z.int().positive(),
});
export type DebugOffer = z.infer<typeof DebugOffer>;
