/** What may be shown of a container's environment. */
import type { Environment } from '#protocol/app.ts';

/** Anywhere in a name. */
const SECRET_PART = /pass|secret|token|cookie|credential|private|api_?key|xauth_key/i;
/** As a word of a name: `DB_PWD` is secret, `KEYBOARD` and `AUTHOR` aren't. */
const SECRET_WORD = /(?:^|_)(?:auth|authorization|bearer|dsn|jwt|keys?|pat|pin|psk|pw|pwd|sas)(?:_|$)/i;
/** What is between a URL's user name and its host (RFC 3986, section 3.2.1); also a password without a name, as in Redis. */
const URL_PASSWORD = /([a-z][a-z\d+.-]*:\/\/[^\s:/?#@]*:)([^\s/?#]+)(?=@)/gi;
export const MASK = '••••';

function isSecret(name: string): boolean {
  return SECRET_PART.test(name) || SECRET_WORD.test(name);
}

/** Passwords in URLs are replaced. */
export function maskUrls(text: string): string {
  return text.replace(URL_PASSWORD, `$1${MASK}`);
}

/** Values of variables whose name says that they are secret are replaced, as are passwords in URLs. */
export function maskSecrets(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, isSecret(name) && value !== '' ? MASK : maskUrls(value)]),
  );
}

/** Shorter values are found everywhere. */
const TELLING = 6;

/** Text in which the values of secret variables and passwords in URLs are replaced: programs print them. */
export function maskValues(text: string, env: Environment): string {
  return Object.entries(env)
    .filter(([name, value]) => isSecret(name) && value.length >= TELLING)
    .reduce((masked, [, value]) => masked.replaceAll(value, MASK), maskUrls(text));
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
