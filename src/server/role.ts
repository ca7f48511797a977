/** What a role adds to the process that has it. */
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { UpgradeRoute } from '#gateway/upgrade.ts';
import type { Readiness } from '#http/health.ts';

export interface Role extends AsyncDisposable {
  readonly plugins: readonly FastifyPluginAsync[];
  readonly upgrades: readonly UpgradeRoute[];
  readonly ready: Readiness;
  /** What gateways prove themselves with; null where nobody passes requests on. */
  readonly gatewayToken: string | null;
  /** For the request line; null when nobody is logged in. */
  userOf(request: FastifyRequest): string | null;
  /** Tells viewers and terminals why, and lets no more in. */
  closeViewers(): Promise<void>;
  /** Resolves when nothing is being made any more, or the signal aborts. */
  settled(signal: AbortSignal): Promise<void>;
}
