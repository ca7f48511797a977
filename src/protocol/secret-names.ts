/** Names of variables whose values are always masked: by server, browser and command line alike. */

/** Anywhere in a name. */
const SECRET_PART = /pass|secret|token|cookie|credential|private|api_?key|xauth_key/i;
/** As a word of a name: `DB_PWD` is secret, `KEYBOARD` and `AUTHOR` aren't. */
const SECRET_WORD = /(?:^|_)(?:auth|authorization|bearer|dsn|jwt|keys?|pat|pin|psk|pw|pwd|sas)(?:_|$)/i;

export function isSecretName(name: string): boolean {
  return SECRET_PART.test(name) || SECRET_WORD.test(name);
}
