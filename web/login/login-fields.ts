/** What the login form says about its fields and about a refusal. Pure. */
import type { Strings } from '../ui/strings/catalogue.ts';

export interface FieldErrors {
  readonly name?: string;
  readonly password?: string;
}

/** Said before the server is asked: both at once, so that nobody mends one to learn of the other. */
export function emptyFields(name: string, password: string, words: Strings['login']): FieldErrors {
  return {
    ...(name.trim() === '' ? { name: words.emptyName } : {}),
    ...(password === '' ? { password: words.emptyPassword } : {}),
  };
}
