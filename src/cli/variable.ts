/** A repeatable option NAME=VALUE. */
import { InvalidArgumentError } from 'commander';

export function variable(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Use NAME=VALUE.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
