/** Environment variables as rows of a form. Pure. */
import { isSecretName } from '#protocol/secret-names.ts';

export interface VariableRow {
  readonly name: string;
  readonly value: string;
  /** Others than the owner see the value; only of launches. */
  readonly isPublic?: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The first invalid name, or null. Rows left empty are ignored. */
export function invalidName(variables: readonly VariableRow[]): string | null {
  const bad = variables.find(({ name, value }) => (name.trim() !== '' || value !== '') && !NAME.test(name.trim()));
  return bad ? bad.name.trim() : null;
}

/** The names of the rows whose values are public; never those that look like secrets. */
export function publicNamesOf(variables: readonly VariableRow[]): string[] {
  const names = new Map(variables.map(({ name, isPublic = false }) => [name.trim(), isPublic]));
  return [...names].flatMap(([name, isPublic]) => (isPublic && name !== '' && !isSecretName(name) ? [name] : []));
}

/** If a name occurs twice, the later row wins. */
export function variablesOf(variables: readonly VariableRow[]): Record<string, string> {
  const named = variables.filter(({ name }) => name.trim() !== '');
  return Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}
