/**
 * Tickets: each opens one desktop for a few minutes at any gateway with the keys. Signed outside, so that they can't be
 * forged; encrypted inside, so that the browser doesn't learn the credentials in them.
 */
import { compactDecrypt, CompactEncrypt, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import type { Tickets } from '#domain/ports/auth.ts';
import type { GatewayKeys } from './gateway-keys.ts';
import type { Keys } from './keys.ts';

export interface TicketOptions {
  readonly keys: Pick<Keys, 'desktopSigning' | 'desktopPayload'>;
  /** At most 420; more is cut. */
  readonly seconds: number;
  readonly now?: () => Date;
}

export const LONGEST_TICKET_SECONDS = 420;
const LONGEST_TOKEN = 16_384;

const Outside = z.object({ exp: z.number(), iat: z.number(), key: z.literal(0), hash: z.string() });

const Endpoint = z.object({ host: z.string().min(1), port: z.int().min(1).max(65_535) });
const ServiceAccess = z.object({ endpoint: Endpoint.nullable(), credential: z.string().min(1) });
const TransferRight = z.object({
  allowed: z.boolean(),
  maxBytes: z.int().nonnegative().nullable(),
  room: z.object({ bytes: z.int().nonnegative(), measuredAt: z.int() }).exactOptional(),
});

const Inside = z.object({
  desktopId: z.string().min(1),
  userId: z.string().min(1),
  sessionId: z.string().min(1),
  vncPassword: z.string(),
  screen: Endpoint.nullable(),
  files: ServiceAccess.exactOptional(),
  sound: ServiceAccess.exactOptional(),
  video: ServiceAccess.exactOptional(),
  uid: z.string(),
  /** Seconds since 1970, of the login to the millisecond. */
  sessionBegan: z.number().optional(),
  sessionEnds: z.number().optional(),
  rights: z.object({
    screen: z.enum(['control', 'view', 'none']),
    clipboardIn: z.boolean(),
    clipboardOut: z.boolean(),
    upload: TransferRight.exactOptional(),
    download: TransferRight.exactOptional(),
    shared: z.array(z.object({ name: z.string().min(1), readOnly: z.boolean() })).exactOptional(),
    sound: z.boolean().exactOptional(),
    microphone: z.boolean().exactOptional(),
    video: z.boolean().exactOptional(),
  }),
});

/** What a gateway needs: it issues none. */
export type TicketReader = Pick<Tickets, 'verify'>;
interface ReaderOptions {
  readonly keys: Pick<GatewayKeys, 'desktopSigning' | 'desktopPayload'>;
  readonly now?: () => Date;
}

export function createTickets({ keys, seconds, now = () => new Date() }: TicketOptions): Tickets {
  const { desktopSigning: signing, desktopPayload: payload } = keys;
  const life = Math.min(seconds, LONGEST_TICKET_SECONDS);
  return {
    ...createTicketReader({ keys, now }),
    async issue({ sessionSince, sessionEndsAt, ...claims }) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const inside: z.input<typeof Inside> = {
        ...claims,
        sessionBegan: sessionSince && sessionSince.getTime() / 1000,
        sessionEnds: sessionEndsAt && sessionEndsAt.getTime() / 1000,
      };
      // Parsed on the way out, too: nothing beyond these fields ever gets into a ticket.
      const hash = await new CompactEncrypt(Buffer.from(JSON.stringify(Inside.parse(inside))))
        .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM' })
        .encrypt(payload.publicKey);
      const outside: z.input<typeof Outside> = { key: 0, iat: issuedAt, exp: issuedAt + life, hash };
      const token = await new SignJWT(outside)
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .sign(signing.privateKey);
      return { token, expiresAt: new Date(outside.exp * 1000) };
    },
  };
}

export function createTicketReader({ keys, now = () => new Date() }: ReaderOptions): TicketReader {
  const { desktopSigning: signing, desktopPayload: payload } = keys;
  return {
    async verify(token) {
      if (token.length > LONGEST_TOKEN) return null;
      try {
        const outside = Outside.parse(
          (await jwtVerify(token, signing.publicKey, { algorithms: ['RS256'], currentDate: now() })).payload,
        );
        if (outside.exp - outside.iat > LONGEST_TICKET_SECONDS) return null;
        const { plaintext } = await compactDecrypt(outside.hash, payload.privateKey, {
          keyManagementAlgorithms: ['RSA-OAEP-256'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        const inside: unknown = JSON.parse(Buffer.from(plaintext).toString('utf8'));
        const { sessionBegan, sessionEnds, ...claims } = Inside.parse(inside);
        return {
          ...claims,
          ...(sessionBegan !== undefined && { sessionSince: new Date(sessionBegan * 1000) }),
          ...(sessionEnds !== undefined && { sessionEndsAt: new Date(sessionEnds * 1000) }),
          expiresAt: new Date(outside.exp * 1000),
        };
      } catch (error) {
        // The caller doesn't learn what is wrong with a ticket.
        return ignore('a forged, damaged or expired ticket', null)(error);
      }
    },
  };
}
