/** Limits how often the clients of one network open WebSockets, before anything is checked for them. */
import type { IncomingMessage } from 'node:http';
import { neighbourhood } from '#domain/server/neighbourhood.ts';
import { isLoopback } from '#domain/server/networks.ts';
import { tooFast } from '#domain/server/open-connections.ts';
import { RateLimit } from '#domain/server/rate-limit.ts';

/** A whole office may share an address. */
const USERS_PER_NETWORK = 5;

export interface UpgradeRateOptions {
  /** Of one user; loopback and `isProxy` have no limit of their own. */
  readonly perMinute: number;
  readonly isProxy: (address: string) => boolean;
  /** Milliseconds since any fixed time. */
  readonly now?: () => number;
}

/** Returns a function that throws `too_many_attempts` for an upgrade beyond the limit; the address must be verified. */
export function limitUpgrades({ perMinute, isProxy, now }: UpgradeRateOptions): (request: IncomingMessage) => void {
  const rate = new RateLimit(perMinute * USERS_PER_NETWORK, now);
  return ({ headers, socket }) => {
    const address = [headers['x-forwarded-for']].flat()[0] ?? socket.remoteAddress;
    if (address === undefined || isLoopback(address) || isProxy(address)) return;
    const wait = rate.take(neighbourhood(address));
    if (wait !== null) throw tooFast('Your address opens screens and terminals', rate.perMinute, wait);
  };
}
