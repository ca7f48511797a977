/** Limits connections for the process and for each client network, so that one client can't use them all. */
import type { Server, Socket } from 'node:net';
import { neighbourhood } from '#domain/server/neighbourhood.ts';
import { isLoopback } from '#domain/server/networks.ts';

export interface ConnectionLimits {
  /** Open connections of the process. */
  readonly connections: number;
  /** Open connections from one IPv4 address or one IPv6 /64 network. Loopback and `isProxy` have no limit of their own. */
  readonly connectionsPerNetwork: number;
  readonly isProxy: (address: string) => boolean;
  /** Runs once per network (`null`: all together) when it reaches its limit, again after it was below half of it. */
  readonly onFull: (network: string | null, limit: number) => void;
}

/** Closes connections beyond the limits before anything is read from them. */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
  const all = counter(null, limits.connections, limits.onFull);
  const networks = new Map<string, ReturnType<typeof counter>>();

  // Before the listener that reads from the connection.
  server.prependListener('connection', (connection: Socket) => {
    const { remoteAddress: address } = connection;
    const counters = [all];
    if (address !== undefined && !isLoopback(address) && !limits.isProxy(address)) counters.push(ofNetwork(address));
    const refused = counters.filter((one) => !one.add());
    connection.once('close', () => counters.forEach((one) => one.remove()));
    if (refused.length > 0) connection.destroy();
  });

  function ofNetwork(address: string) {
    const network = neighbourhood(address);
    const known = networks.get(network);
    if (known) return known;
    const added = counter(network, limits.connectionsPerNetwork, limits.onFull, () => networks.delete(network));
    networks.set(network, added);
    return added;
  }
}

function counter(
  network: string | null,
  limit: number,
  onFull: ConnectionLimits['onFull'],
  onEmpty = (): unknown => null,
) {
  let open = 0;
  let reported = false;
  return {
    /** Counts a connection; returns whether the limit allows it. */
    add(): boolean {
      open += 1;
      if (open > limit && !reported) {
        reported = true;
        onFull(network, limit);
      }
      return open <= limit;
    },
    remove(): void {
      open -= 1;
      if (open < limit / 2) reported = false;
      if (open === 0) onEmpty();
    },
  };
}
