/** What may be shown of a container's environment. */
import type { Environment } from '#protocol/app.ts';
import { isSecretName } from '#protocol/secret-names.ts';
import type { LaunchRecord } from '../ports/store.ts';

/** What is between a URL's user name and its host (RFC 3986, section 3.2.1); also a password without a name, as in Redis. */
const URL_PASSWORD = /([a-z][a-z\d+.-]*:\/\/[^\s:/?#@]*:)([^\s/?#]+)(?=@)/gi;
export const MASK = '••••';

/** Passwords in URLs are replaced. */
export function maskUrls(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}`);
}

/** Values of variables whose name says that they are secret are replaced, as are passwords in URLs. */
export function maskSecrets(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isSecretName(name) && value !== '' ? MASK : maskUrls(value)]),
  );
}

/** Shorter values are found everywhere. */
const TELLING = 6;

/** Text in which the values of secret variables and passwords in URLs are replaced: programs print them. */
export function maskValues(text: string, env: Environment): string {
  return Object.entries(env)
    .filter(([name, value]) => isSecretName(name) && value.length >= TELLING)
    .reduce((masked, [, value]) => masked.replaceAll(value, MASK), maskUrls(text));
}

/** The values that were given at a launch and that only its owner may read. */
export function hiddenEnv({ env, publicEnv }: Pick<LaunchRecord, 'env' | 'publicEnv'>): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !publicEnv.includes(name)));
}

/** Masks the values that were given at a launch, by the same name. */
export function maskGiven(env: Environment, given: readonly Environment[]): Environment {
  const isGiven = (name: string, value: string): boolean =>
    value !== '' && given.some((one) => Object.hasOwn(one, name) && one[name] === value);
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, isGiven(name, value) ? MASK : value]));
}

/** The same in text: `NAME=value`, `NAME: value`, or `name: NAME` and `value: …` on the next line, quoted or not. */
export function maskGivenText(text: string, given: readonly Environment[]): string {
  return given
    .flatMap((env) => Object.entries(env))
    .filter(([, value]) => value.trim() !== '')
    .reduce((masked, [name, value]) => masked.replace(assignment(name, value), `$1${MASK}`), text);
}

function assignment(name: string, value: string): RegExp {
  const between = String.raw`(?:\s*[=:]\s*|\s+value:\s*)["']?`;
  return new RegExp(`(\\b${name}["']?${between})${RegExp.escape(value)}`, 'g');
}
