/** Who is logged in, and how they prove it. */
import { z } from 'zod';

/** The prefix of the session cookie's name; formerly the whole name. */
export const SESSION_COOKIE = 'deskpod_session';

/** A role is a label; everyone is a `user`. */
export const Role = z.enum(['user', 'support', 'admin']);
export type Role = z.infer<typeof Role>;

export const Provider = z.enum(['directory', 'anonymous']);
export type Provider = z.infer<typeof Provider>;

export const User = z.object({
  /** Stable and unique, for example `hermes`; part of object names. */
  id: z.string().min(1),
  /** Display name, for example `Hermes Conrad`. */
  name: z.string().min(1),
  provider: z.string(),
  labels: z.array(z.string()),
  roles: z.array(Role),
});
export type User = z.infer<typeof User>;

/** Before the token in the fragment of a login link. */
export const LOGIN_FRAGMENT = '#login=';

export const LoginRequest = z.discriminatedUnion('provider', [
  z.object({
    provider: z.literal('directory'),
    name: z.string().trim().min(1, 'Enter your name.').max(256),
    password: z.string().min(1, 'Enter your password.').max(1024),
  }),
  z.object({ provider: z.literal('anonymous') }),
  /** A link that the server printed for its administrator; valid once. */
  z.object({ provider: z.literal('link'), token: z.string().min(1).max(128) }),
]);
export type LoginRequest = z.infer<typeof LoginRequest>;

/** What the login page needs before the login. */
export const LoginOptions = z.object({
  providers: z.array(z.object({ id: Provider, name: z.string(), hint: z.string().optional() })),
  version: z.string(),
});
export type LoginOptions = z.infer<typeof LoginOptions>;

export const Session = z.object({
  user: User,
  expiresAt: z.iso.datetime(),
  /** Seconds until then, for clients whose clocks differ. */
  secondsLeft: z.number().optional(),
});
export type Session = z.infer<typeof Session>;

/** One row of a user's own login history. */
export const LoginRecord = z.object({
  /** Of the session. */
  id: z.string(),
  at: z.iso.datetime(),
  address: z.string(),
  userAgent: z.string(),
  /** When the session ended, or ends unless it is extended; null for old logins. */
  endsAt: z.iso.datetime().nullable(),
  open: z.boolean(),
  current: z.boolean(),
});
export type LoginRecord = z.infer<typeof LoginRecord>;

/** A user of the built-in directory, as administrators see them. */
export const LocalUserSummary = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.array(z.string()),
  createdAt: z.iso.datetime(),
  /** Can't log in until an administrator enables them again. */
  disabled: z.boolean(),
});
export type LocalUserSummary = z.infer<typeof LocalUserSummary>;

/** Everybody is a `user`, whether or not it is listed. */
export const NewRoles = z.object({ roles: z.array(Role) });

export const NewLocalUser = z.object({
  name: z.string().trim().min(1).max(256),
  password: z.string().min(1).max(1024),
  roles: z.array(Role).default(['user']),
  /** Derived from the name by default. */
  id: z
    .string()
    .regex(
      /^[a-z][a-z0-9._-]{0,31}$/,
      'Use up to 32 lowercase letters, digits, dots, hyphens and underscores. Start with a letter.',
    )
    .optional(),
});
export type NewLocalUser = z.input<typeof NewLocalUser>;
