/** Validation of the login form, and which field a refusal is about. Pure. */
import type { Strings } from '../ui/strings/type.ts';

export interface FieldErrors {
  readonly name?: string;
  readonly password?: string;
}

/** Reports both fields at once, before the server is asked. */
export function emptyFields(name: string, password: string, words: Strings['login']): FieldErrors {
  return {
    ...(name.trim() === '' ? { name: words.emptyName } : {}),
    ...(password === '' ? { password: words.emptyPassword } : {}),
  };
}
