/** User tokens: who is logged in, as a JWT that other programs of the compatible system can read. */
import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { SessionClaims, UserTokens } from '../domain/auth.ts';
import type { GatewayKeys } from './gateway-keys.ts';
import type { Keys } from './keys.ts';
import { rolesOf } from './roles.ts';

export interface UserTokenOptions {
  readonly keys: Pick<Keys, 'userSigning'>;
  readonly seconds: number;
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
  auth: z.object({
    provider: z.string(),
    providertype: z.string(),
    data: z.object({ labels: z.record(z.string(), z.string()), uidNumber: z.int(), gidNumber: z.int() }),
  }),
  user: z.object({ userid: z.string().min(1), name: z.string().min(1) }),
  roles: z.record(z.string(), z.string()),
  sid: z.string().min(1),
});

export function createUserTokens({ keys, seconds, now = () => new Date() }: UserTokenOptions): UserTokens {
  const { privateKey } = keys.userSigning;
  return {
    ...createUserTokenReader({ keys, now }),
    async issue({ user, account }, sessionId) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const claims: z.input<typeof Claims> = {
        exp: issuedAt + seconds,
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
        return claims.success ? sessionOf(claims.data) : null;
      } catch {
        // Whatever is wrong with a token, its bearer only learns that it is no good.
        return null;
      }
    },
  };
}

/** `{ shipcrew: 'true' }`: the compatible form of a set of labels. */
function marks(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word, 'true']));
}

function sessionOf({ sid, exp, auth, user: { userid, name }, roles }: z.output<typeof Claims>): SessionClaims {
  const { provider, data } = auth;
  return {
    sessionId: sid,
    user: { id: userid, name, provider, labels: Object.keys(data.labels), roles: rolesOf(Object.keys(roles)) },
    account: { userId: userid, displayName: name, provider, uid: data.uidNumber, gid: data.gidNumber },
    expiresAt: new Date(exp * 1000),
  };
}
