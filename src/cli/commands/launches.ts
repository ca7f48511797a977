/** `deskpod launches`, `run` and `stop`: list, start and stop launches. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Runtime } from '#protocol/app.ts';
import type { LaunchState } from '#protocol/launch.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { waitForEnd } from '../run-waiting.ts';
import { variable } from '../variable.ts';

const RUNTIMES: readonly Runtime[] = ['ephemeral_container', 'pod_application'];

export function launchesCommand(launches: Command, io: Io): void {
  withConnection(launches.command('list').description('list launches, running and finished, newest first'))
    .option('--user <id>', 'launches of this user; * for all users (support and administrators)')
    .option('--app <app>', 'launches of this app')
    .option('--json', 'print JSON')
    .action(async ({ user, app, json, ...server }: ServerOptions & { user?: string; app?: string; json?: true }) => {
      const { client } = await connect(io, server);
      const owner = user ?? ((await client.session.current()).user.provider === 'local' ? '*' : undefined);
      const list = await client.launches.list({ user: owner, app }, io.interrupted);
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['ID', 'USER', 'APP', 'RUNTIME', 'STATE', 'STARTED'],
        list.map((one) => [one.id, one.userId, one.appName, one.runtime, stateOf(one.status), one.startedAt]),
      );
    });
}

interface RunOptions extends ServerOptions {
  readonly runtime?: Runtime;
  readonly env: Record<string, string>;
  readonly public: readonly string[];
  readonly wait?: true;
  readonly json?: true;
}

/** With --wait, `ended` receives the app's exit code, which becomes this program's. */
export function runCommand(run: Command, io: Io, ended: (exitCode: number) => void): void {
  withConnection(run.description('start an app on your desktop'))
    .argument('<app>', 'app name or ID')
    .argument('[arguments...]', 'arguments for the app, after --')
    .addOption(new Option('--runtime <runtime>', 'override the app’s runtime').choices(RUNTIMES))
    .option(
      '-e, --env <name=value>',
      'environment variable for the app; only you see its value, others its name; repeatable',
      variable,
      {},
    )
    .option(
      '--public <name>',
      'variable of --env whose value support and administrators see, too; repeatable',
      (name: string, before: readonly string[]) => [...before, name],
      [],
    )
    .option(
      '--wait',
      'wait until the app ends, print the end of its log, and exit with its exit code; after Ctrl-C it keeps running',
    )
    .option('--json', 'print JSON; with --wait: the result and the log')
    .action(async (app: string, args: string[], { runtime, env, public: names, wait, json, ...server }: RunOptions) => {
      const publicEnv = givenNames(names, env);
      const { client } = await connect(io, server);
      const request = { app, env, publicEnv, args };
      const launch = await client.launches.start({ ...request, ...(runtime === undefined ? {} : { runtime }) });
      if (wait) return ended(await waitForEnd(io, client, launch, json ?? false));
      return json ? sayJson(io, launch) : say(io, launch.id);
    });
}

export function stopCommand(stop: Command, io: Io): void {
  withConnection(stop.description('stop a launch: SIGTERM, then SIGKILL after a grace period'))
    .argument('<launch>', 'launch ID')
    .action(async (id: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.launches.stop(id);
      say(io, id);
    });
}

/** A typing error would hide the value. */
function givenNames(names: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const unknown = names.find((name) => !Object.hasOwn(env, name));
  if (unknown === undefined) return [...names];
  throw new CliError(`--public ${unknown}: there is no --env ${unknown}=VALUE.`, { exitCode: EXIT.usage });
}

function stateOf(status: LaunchState): string {
  if (status.state !== 'finished') return status.state;
  return status.exitCode === null ? status.reason : `${status.reason} (${status.exitCode})`;
}
