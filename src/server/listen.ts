/** The one port: with or without TLS, and a sentence instead of an errno when it is taken. */
import { once } from 'node:events';
import { join } from 'node:path';
import type { Config } from '#config/config.ts';
import { DeskpodError } from '#domain/errors.ts';
import { readCertificate, selfMadeCertificate } from '#http/certificate.ts';
import { type Listening, plainServer, tlsAndPlainServer } from '#http/listen.ts';
import { checkPort } from '#setup/checks.ts';

export async function listener(config: Config): Promise<(handler: Parameters<typeof plainServer>[0]) => Listening> {
  const { tls } = config.listen;
  if (tls.kind === 'off') return plainServer;
  const files =
    tls.kind === 'files'
      ? await readCertificate(tls.cert, tls.key)
      : await selfMadeCertificate(join(config.dataDir, 'keys'));
  return (handler) => tlsAndPlainServer(handler, files);
}

/** Returns where people open it. */
export async function listen({ socket }: Listening, { listen: { host, port, tls } }: Config): Promise<string> {
  socket.listen({ host, port });
  await once(socket, 'listening').catch(async (cause: unknown) => {
    const finding = await checkPort({ host, port });
    throw finding === null ? cause : new DeskpodError('conflict', finding.problem, { remedy: finding.remedy, cause });
  });
  const bound = socket.address();
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
  const shown = host === '127.0.0.1' || host === '::1' ? 'localhost' : host;
  return `${tls.kind === 'off' ? 'http' : 'https'}://${shown}:${actual}`;
}
