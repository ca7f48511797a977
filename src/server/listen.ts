/** The one port: with or without TLS, and a sentence instead of an errno when it is taken. */
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '#config/config.ts';
import { DeskpodError } from '#domain/errors.ts';
import { parseOrigin } from '#domain/server/authority.ts';
import { ANY_HOST, type HostPolicy, hostPolicy } from '#domain/server/hosts.ts';
import type { Events } from '#events';
import { certificateNames, readCertificate, selfSignedCertificate, type TlsFiles } from '#http/certificate.ts';
import { type Listening, plainServer, tlsAndPlainServer } from '#http/listen.ts';
import { checkPort } from '#setup/checks.ts';
import { type Addresses, addressesOf } from './addresses.ts';

export interface Listener {
  readonly create: (handler: Parameters<typeof plainServer>[0]) => Listening;
  /** The names by which this server can be called. */
  readonly hosts: HostPolicy;
}

/** `given`: what the configured files contain, if they have been read. */
export async function listener(config: Config, given: TlsFiles | null, warn: Events['warn']): Promise<Listener> {
  const { tls } = config.listen;
  if (tls.kind === 'off') return { create: plainServer, hosts: hostsOf(config, [], warn) };
  const files =
    given ??
    (tls.kind === 'files'
      ? await readCertificate(tls.cert, tls.key)
      : await selfSignedCertificate(join(config.dataDir, 'keys')));
  const hosts = hostsOf(config, certificateNames(files.cert), warn);
  return { create: (handler) => tlsAndPlainServer(handler, files, hosts), hosts };
}

function hostsOf({ listen: where }: Config, certificate: readonly string[], warn: Events['warn']): HostPolicy {
  const { allowedHosts, allowedOrigins, host } = where;
  if (allowedHosts === null) return ANY_HOST;
  const machine = hostname();
  const ofOrigins = allowedOrigins.flatMap((origin) => parseOrigin(origin)?.host ?? []);
  return hostPolicy([machine, `${machine}.local`, host, ...certificate, ...ofOrigins, ...allowedHosts], warn);
}

export async function listen({ socket }: Listening, { listen: { host, port, tls, path } }: Config): Promise<Addresses> {
  socket.listen({ host, port });
  await once(socket, 'listening').catch(async (cause: unknown) => {
    const finding = await checkPort({ host, port });
    throw finding === null ? cause : new DeskpodError('conflict', finding.problem, { remedy: finding.remedy, cause });
  });
  const address = socket.address();
  const bound = typeof address === 'object' && address !== null ? address : { address: host, port };
  return await addressesOf({ host, bound, tls: tls.kind !== 'off', path });
}
