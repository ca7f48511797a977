/** User tokens: who is logged in, as a JWT that other programs of the compatible system can read. */
import { createHash } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import type { SessionClaims, UserTokens } from '#domain/ports/auth.ts';
import { SESSION_COOKIE } from '#protocol/user.ts';
import type { GatewayKeys } from './gateway-keys.ts';
import type { Keys } from './keys.ts';
import { rolesOf } from './roles.ts';

export interface UserTokenOptions {
  readonly keys: Pick<Keys, 'userSigning'>;
  /** Between two extensions. */
  readonly seconds: number;
  /** From the login on, however often it is extended; never less than `seconds`. */
  readonly longestSeconds?: number;
  readonly now?: () => Date;
}

interface ReaderOptions {
  readonly keys: Pick<GatewayKeys, 'userSigning'>;
  readonly now?: () => Date;
}

/** Clocks of two replicas may differ by this much. */
const LEEWAY_SECONDS = 20;
const LONGEST_TOKEN = 16_384;

const Claims = z.object({
  exp: z.number(),
  nbf: z.number(),
  /** When the user logged in; tokens of older servers lack it. */
  auth_time: z.number().optional(),
  auth: z.object({
    provider: z.string(),
    providertype: z.string(),
    data: z.object({ labels: z.record(z.string(), z.string()), uidNumber: z.int(), gidNumber: z.int() }),
  }),
  user: z.object({ userid: z.string().min(1), name: z.string().min(1) }),
  roles: z.record(z.string(), z.string()),
  sid: z.string().min(1),
});

export function createUserTokens(options: UserTokenOptions): UserTokens {
  const { keys, seconds, longestSeconds = seconds, now = () => new Date() } = options;
  const longest = Math.max(seconds, longestSeconds);
  const { privateKey } = keys.userSigning;
  return {
    ...createUserTokenReader({ keys, now }),
    async issue({ user, account }, sessionId, since = now()) {
      const issuedAt = inSeconds(now());
      // To the millisecond: what revokes earlier sessions may come in the same second.
      const loggedInAt = since.getTime() / 1000;
      const claims: z.input<typeof Claims> = {
        exp: Math.min(issuedAt + seconds, Math.floor(loggedInAt + longest)),
        auth_time: loggedInAt,
        nbf: issuedAt,
        auth: {
          provider: user.provider,
          providertype: user.provider === 'anonymous' ? 'anonymous' : 'ldap',
          data: { labels: marks(user.labels), uidNumber: account.uid, gidNumber: account.gid },
        },
        user: { userid: user.id, name: user.name },
        roles: marks(user.roles),
        sid: sessionId,
      };
      const token = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(privateKey);
      return { token, expiresAt: new Date(claims.exp * 1000) };
    },
  };
}

/** What a gateway needs: it issues none. */
export function createUserTokenReader({ keys, now = () => new Date() }: ReaderOptions): Pick<UserTokens, 'verify'> {
  const { publicKey } = keys.userSigning;
  return {
    async verify(token) {
      if (token.length > LONGEST_TOKEN) return null;
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ['RS256'],
          clockTolerance: LEEWAY_SECONDS,
          currentDate: now(),
        });
        const claims = Claims.safeParse(payload);
        // Clocks that differ concern tokens that are not valid yet: an end is an end.
        return claims.success && claims.data.exp > inSeconds(now()) ? sessionOf(claims.data) : null;
      } catch (error) {
        // The caller doesn't learn what is wrong with a token.
        return ignore('an invalid or expired session token', null)(error);
      }
    },
  };
}

/** The cookie of one installation: browsers keep cookies by host, whatever the port, and two may share one. */
export function sessionCookie({ userSigning }: Pick<GatewayKeys, 'userSigning'>): string {
  const key = userSigning.publicKey.export({ type: 'spki', format: 'der' });
  return `${SESSION_COOKIE}_${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}

/** `{ shipcrew: 'true' }`: the compatible form of a set of labels. */
function marks(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word, 'true']));
}

function inSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function sessionOf({
  sid,
  exp,
  nbf,
  auth_time: since = nbf,
  auth,
  user: { userid, name },
  roles,
}: z.output<typeof Claims>): SessionClaims {
  const { provider, data } = auth;
  return {
    sessionId: sid,
    user: { id: userid, name, provider, labels: Object.keys(data.labels), roles: rolesOf(Object.keys(roles)) },
    account: { userId: userid, displayName: name, provider, uid: data.uidNumber, gid: data.gidNumber },
    expiresAt: new Date(exp * 1000),
    since: new Date(since * 1000),
  };
}
