/** The form of *Run again with …*: its fields, and the request they make. Pure. */
import type { LaunchCommand } from '#protocol/launch.ts';
import type { Runtime } from '#protocol/app.ts';
import { publicNamesOf, type VariableRow, variablesOf } from '../ui/variables.ts';

export interface RunAgainForm {
  readonly runtime: Runtime;
  readonly variables: readonly VariableRow[];
  /** One argument per line. */
  readonly args: string;
}

export function formOf(
  runtime: Runtime,
  requested: { env: Readonly<Record<string, string>>; publicEnv: readonly string[]; args: readonly string[] },
): RunAgainForm {
  return {
    runtime,
    variables: Object.entries(requested.env).map(([name, value]) => ({
      name,
      value,
      isPublic: requested.publicEnv.includes(name),
    })),
    args: requested.args.join('\n'),
  };
}

export interface RunAgainRequest extends LaunchCommand {
  readonly runtime: Runtime;
  readonly env: Record<string, string>;
  readonly publicEnv: string[];
  readonly args: string[];
}

/** Empty lines are not arguments. */
export function requestOf({ runtime, variables, args }: RunAgainForm): RunAgainRequest {
  return {
    runtime,
    env: variablesOf(variables),
    publicEnv: publicNamesOf(variables),
    args: args.split('\n').filter((line) => line !== ''),
  };
}
