/** The form of *Run again with …*: rows that people edit, and the request they mean. Pure. */
import type { LaunchAgain } from '#protocol/launch.ts';
import type { Runtime } from '#protocol/app.ts';

export interface VariableRow {
  readonly name: string;
  readonly value: string;
}

export interface AgainForm {
  readonly runtime: Runtime;
  readonly variables: readonly VariableRow[];
  /** One argument per line. */
  readonly args: string;
}

export function formOf(
  runtime: Runtime,
  requested: { env: Readonly<Record<string, string>>; args: readonly string[] },
): AgainForm {
  return {
    runtime,
    variables: Object.entries(requested.env).map(([name, value]) => ({ name, value })),
    args: requested.args.join('\n'),
  };
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The first name that no variable can have; a row that is left empty is no mistake. */
export function badName({ variables }: Pick<AgainForm, 'variables'>): string | null {
  const bad = variables.find(({ name, value }) => (name.trim() !== '' || value !== '') && !NAME.test(name.trim()));
  return bad ? bad.name.trim() : null;
}

export interface Asked extends LaunchAgain {
  readonly runtime: Runtime;
  readonly env: Record<string, string>;
  readonly args: string[];
}

/** A later row of the same name wins; empty lines are no arguments. */
export function requestOf({ runtime, variables, args }: AgainForm): Asked {
  return { runtime, env: variablesOf(variables), args: args.split('\n').filter((line) => line !== '') };
}

export function variablesOf(variables: readonly VariableRow[]): Record<string, string> {
  const named = variables.filter(({ name }) => name.trim() !== '');
  return Object.fromEntries(named.map(({ name, value }) => [name.trim(), value]));
}
