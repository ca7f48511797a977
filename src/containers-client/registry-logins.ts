/** Logins of registries, as `docker login` and `podman login` leave them in a file. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';

const Logins = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).default({}),
});

/**
 * The header for a call to `registry` (a host, perhaps with port and path); empty when there is no login for it. The
 * data folder's own file takes precedence over those of the server's user.
 */
export async function registryLogin(registry: string, dataDir: string): Promise<Record<string, string>> {
  const home = homedir();
  const files = [
    join(dataDir, 'auth.json'),
    join(home, '.config/containers/auth.json'),
    join(home, '.docker/config.json'),
  ];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(ignore('the file is not there', null));
    const header = text === null ? null : loginHeader(text, file, registry);
    if (header !== null) return { 'X-Registry-Auth': header };
  }
  return {};
}

/** Null when the file says nothing of that registry. Exported for tests. */
export function loginHeader(text: string, file: string, registry: string): string | null {
  const { auths } = parse(text, file);
  const host = registry.split('/')[0] ?? registry;
  const alias = host === 'docker.io' ? ['https://index.docker.io/v1/', 'index.docker.io'] : [`https://${host}`];
  const encoded = [registry, host, ...alias].map((key) => auths[key]?.auth).find((auth) => auth !== undefined);
  if (encoded === undefined) return null;
  const [, username = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  const login = JSON.stringify({ username, password, serveraddress: host });
  // The alphabet for addresses, and padded: engines take nothing else.
  return Buffer.from(login).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

function parse(text: string, file: string): z.infer<typeof Logins> {
  try {
    return Logins.parse(JSON.parse(text));
  } catch (cause) {
    throw new DeskpodError('invalid_request', `${file} is not a file of registry logins.`, {
      remedy: 'Fix it, or write it again with docker login or podman login.',
      cause,
    });
  }
}
