/** What a role contributes to its process. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { UpgradeRoute } from '#gateway/upgrade.ts';
import type { Readiness } from '#http/health.ts';

export interface Role extends AsyncDisposable {
  readonly plugins: readonly FastifyPluginAsync[];
  readonly upgrades: readonly UpgradeRoute[];
  readonly ready: Readiness;
  /** Authenticates gateways; null if none forwards requests to this process. */
  readonly gatewayToken: string | null;
  /** For the log; null if no user is logged in. */
  userOf(request: FastifyRequest): string | null;
  /** The user whose session sends these headers; null without a valid session. */
  sessionUser(headers: IncomingHttpHeaders): Promise<string | null>;
  /** Closes viewers and terminals with a reason, and refuses new ones. */
  closeViewers(): Promise<void>;
  /** Resolves when nothing is starting, or when the signal aborts. */
  settled(signal: AbortSignal): Promise<void>;
}
