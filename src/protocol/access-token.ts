/** Personal access tokens: passwords for programs, which open the user's files at `/dav/` and nothing else. */
import { z } from 'zod';

/** Of one user. */
export const MOST_ACCESS_TOKENS = 20;

/** The home folder for the file managers of other computers: WebDAV. */
export const DAV_PATH = '/dav/';

/** What is shown of a token; the token itself is shown only once. */
export const AccessToken = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  /** To the minute; null if it was never used. */
  usedAt: z.iso.datetime().nullable(),
  /** Null: it doesn't expire. */
  expiresAt: z.iso.datetime().nullable(),
});
export type AccessToken = z.infer<typeof AccessToken>;

export const AccessTokens = z.object({
  tokens: z.array(AccessToken),
  /** Whether `/dav/` is switched on (`files.webdav`). */
  enabled: z.boolean(),
});
export type AccessTokens = z.infer<typeof AccessTokens>;

export const NewAccessToken = z.object({
  /** For people, for example of the computer. */
  name: z
    .string()
    .trim()
    .min(1, 'Enter a name.')
    .max(100)
    .regex(/^\P{Cc}*$/u, 'The name has control characters.'),
  /** At most ten years. */
  days: z.int().min(1).max(3650).nullable().default(null),
});
export type NewAccessToken = z.input<typeof NewAccessToken>;

/** The reply to `POST /access-tokens`: the only one that contains the token. */
export const MadeAccessToken = AccessToken.extend({ token: z.string() });
export type MadeAccessToken = z.infer<typeof MadeAccessToken>;

/** A gateway asks the api role for a ticket with what a file manager sent. */
export const DAV_TICKETS_PATH = '/api/v1/gateway/dav';
export const DavLogin = z.object({
  userId: z.string().min(1).max(256),
  token: z.string().max(256),
  /** Of the client, as the gateway has verified it. */
  address: z.string().max(64),
});
export type DavLogin = z.infer<typeof DavLogin>;
export const DavTicket = z.object({ ticket: z.string() });
