/** Environment variables as rows of a form. Pure. */

export interface VariableRow {
  readonly name: string;
  readonly value: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The first invalid name, or null. Rows left empty are ignored. */
export function invalidName(variables: readonly VariableRow[]): string | null {
  const bad = variables.find(({ name, value }) => (name.trim() !== '' || value !== '') && !NAME.test(name.trim()));
  return bad ? bad.name.trim() : null;
}

/** If a name occurs twice, the later row wins. */
export function variablesOf(variables: readonly VariableRow[]): Record<string, string> {
  const named = variables.filter(({ name }) => name.trim() !== '');
  return Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}
