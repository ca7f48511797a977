/** Self-signed certificate for a server that is open to the network: generated once and kept in the data folder. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';

const run = promisify(execFile);
const DAYS = '825';

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export async function readCertificate(cert: string, key: string): Promise<TlsFiles> {
  const read = (path: string): Promise<Buffer> =>
    readFile(path).catch((cause: unknown) => {
      throw new DeskpodError('invalid_request', `The certificate file ${path} can't be read.`, {
        remedy: 'Set --tls-cert and --tls-key to readable PEM files.',
        cause,
      });
    });
  return { cert: await read(cert), key: await read(key) };
}

export async function selfSignedCertificate(folder: string): Promise<TlsFiles> {
  const cert = join(folder, 'tls.crt');
  const key = join(folder, 'tls.key');
  const existing = await Promise.all([readFile(cert), readFile(key)]).catch(
    ignore('there is no certificate yet', null),
  );
  if (existing) return { cert: existing[0], key: existing[1] };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', DAYS];
  const names = ['-subj', `/CN=${hostname()}`, '-addext', `subjectAltName=${alternativeNames().join(',')}`];
  await run('openssl', [...args, ...names, '-keyout', `${key}.new`, '-out', `${cert}.new`], { timeout: 30_000 }).catch(
    (cause: unknown) => {
      throw new DeskpodError('internal_error', "A certificate couldn't be generated: openssl failed.", {
        remedy: 'Install openssl, or set --tls-cert and --tls-key.',
        cause,
      });
    },
  );
  await rename(`${key}.new`, key);
  await rename(`${cert}.new`, cert);
  return { cert: await readFile(cert), key: await readFile(key) };
}

/** The host names of a certificate; none if it can't be read, which TLS reports better. */
export function certificateNames(certificate: string | Buffer): string[] {
  try {
    const { subjectAltName = '', subject } = new X509Certificate(certificate);
    const names = subjectAltName.matchAll(/(?:^|, )DNS:([^,"\s]+)/g);
    const common = /^CN=(\S+)$/m.exec(subject ?? '')?.[1];
    return [...new Set([...Array.from(names, ([, name = '']) => name), ...(common === undefined ? [] : [common])])];
  } catch (error) {
    return ignore('the TLS server reports a damaged certificate', [])(error);
  }
}

function alternativeNames(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap(
    (list) => list?.map((one) => one.address.replace(/%.*$/, '')) ?? [],
  );
  return ['DNS:localhost', `DNS:${hostname()}`, ...new Set(addresses.map((address) => `IP:${address}`))];
}
