/** The addresses of a listening server: as configured, for people, and for the command line on this machine. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { ignore } from '#protocol/ignore.ts';
import { hostInUrl } from '#domain/server/authority.ts';
import { isLoopback } from '#domain/server/networks.ts';

export interface Addresses {
  /** For the log; `0.0.0.0` and `[::]` mean every address of this machine. */
  readonly listening: string;
  /** An address that a browser can open. */
  readonly people: string;
  /** An address for the command line on this machine, without TLS if possible. */
  readonly local: string;
}

export interface Listened {
  /** As configured. */
  readonly host: string;
  /** The address and port of the socket. */
  readonly bound: { readonly address: string; readonly port: number };
  readonly tls: boolean;
  /** With a slash at both ends. */
  readonly path: string;
}

/** Reserved for documentation (RFC 5737): nothing is sent there, the system only selects the source address. */
const DOCUMENTATION_ADDRESS = '192.0.2.1';
const EVERY_ADDRESS = new Set(['0.0.0.0', '::']);

export async function addressesOf(
  { host, bound, tls, path }: Listened,
  outward: () => Promise<string> = outwardAddress,
): Promise<Addresses> {
  const scheme = tls ? 'https' : 'http';
  const below = path === '/' ? '' : path;
  const url = (protocol: string, at: string): string => `${protocol}://${hostInUrl(at)}:${bound.port}${below}`;
  const everywhere = EVERY_ADDRESS.has(bound.address);
  // Users know a configured name; for a loopback address, `localhost` works better in browsers.
  const shown = host === '127.0.0.1' ? 'localhost' : host;
  return {
    listening: url(scheme, shown),
    people: url(scheme, everywhere ? await outward() : shown),
    // Plain HTTP over loopback always works, even if the port uses TLS.
    local:
      everywhere || isLoopback(bound.address)
        ? url('http', everywhere ? '127.0.0.1' : bound.address)
        : url(scheme, shown),
  };
}

/** This machine's address on its default route; `localhost` without a network. */
export async function outwardAddress(): Promise<string> {
  const socket = createSocket('udp4');
  try {
    const connected = once(socket, 'connect');
    socket.connect(9, DOCUMENTATION_ADDRESS);
    await connected;
    const { address } = socket.address();
    return isIP(address) > 0 && !EVERY_ADDRESS.has(address) ? address : 'localhost';
  } catch (error) {
    return ignore('without a route, only this machine reaches the server', 'localhost')(error);
  } finally {
    socket.close();
  }
}
