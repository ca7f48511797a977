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

/** Shorter values are found everywhere. */
const TELLING = 6;

/** Text in which the values of secret variables are replaced: programs print them. */
export function maskValues(text: string, env: Environment): string {
  return Object.entries(env)
    .filter(([name, value]) => SECRET.test(name) && value.length >= TELLING)
    .reduce((masked, [, value]) => masked.replaceAll(value, MASK), text);
}
