/** What may be shown of a container's environment. */
import type { Environment } from '../protocol/app.ts';

const SECRET = /pass|secret|token|cookie|credential|xauth_key|api_?key|private/i;
export const MASK = '••••';

/** Values of variables whose name says that they are secret are replaced. */
export function maskSecrets(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, SECRET.test(name) && value !== '' ? MASK : value]),
  );
}
