/** `deskpod launches`, `logs`, `run`, `stop`: what runs, what it says, starting and ending it. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Runtime } from '#protocol/app.ts';
import type { LaunchState } from '#protocol/launch.ts';
import { connect, withConnection } from '../connection.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';
import { variable } from '../variable.ts';

const RUNTIMES: readonly Runtime[] = ['ephemeral_container', 'pod_application'];

export function launchesCommand(launches: Command, io: Io): void {
  withConnection(launches.command('list').description('list launches, running and finished, newest first'))
    .option('--user <id>', 'of this user; * means everybody (support and administrators)')
    .option('--app <app>', 'of this app')
    .option('--json', 'as JSON')
    .action(async ({ user, app, json, ...wanted }: Wanted & { user?: string; app?: string; json?: true }) => {
      const { client } = await connect(io, wanted);
      const whose = user ?? ((await client.session.current()).user.provider === 'local' ? '*' : undefined);
      const list = await client.launches.list({ user: whose, app }, io.interrupted);
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['ID', 'USER', 'APP', 'RUNTIME', 'STATE', 'STARTED'],
        list.map((one) => [one.id, one.userId, one.appName, one.runtime, stateOf(one.status), one.startedAt]),
      );
    });
}

export function logsCommand(logs: Command, io: Io): void {
  withConnection(logs.description('print the log of a launch'))
    .argument('<launch>', 'id of the launch')
    .option('-f, --follow', 'go on until the launch ends')
    .action(async (id: string, { follow, ...wanted }: Wanted & { follow?: true }) => {
      const { client } = await connect(io, wanted);
      if (!follow) {
        io.stdout.write(await client.launches.log(id, io.interrupted));
        return;
      }
      try {
        for await (const { stream, text } of client.launches.logStream(id, io.interrupted)) {
          (stream === 'stderr' ? io.stderr : io.stdout).write(`${text}\n`);
        }
      } catch (error) {
        if (!io.interrupted.aborted) throw error;
      }
    });
}

export function runCommand(run: Command, io: Io): void {
  withConnection(run.description('start an app in your desktop'))
    .argument('<app>', 'name or id of the app')
    .argument('[arguments...]', 'for the app, after --')
    .addOption(new Option('--runtime <runtime>', 'instead of the app’s own').choices(RUNTIMES))
    .option('-e, --env <name=value>', 'variable for the app, may be repeated', variable, {})
    .option('--json', 'as JSON')
    .action(
      async (
        app: string,
        args: string[],
        { runtime, env, json, ...wanted }: Wanted & { runtime?: Runtime; env: Record<string, string>; json?: true },
      ) => {
        const { client } = await connect(io, wanted);
        const launch = await client.launches.start({ app, env, args, ...(runtime === undefined ? {} : { runtime }) });
        if (json) return sayJson(io, launch);
        return say(io, launch.id);
      },
    );
}

export function stopCommand(stop: Command, io: Io): void {
  withConnection(stop.description('stop a launch: TERM, then KILL after a grace'))
    .argument('<launch>', 'id of the launch')
    .action(async (id: string, wanted: Wanted) => {
      const { client } = await connect(io, wanted);
      await client.launches.stop(id);
      say(io, id);
    });
}

function stateOf(status: LaunchState): string {
  if (status.state !== 'finished') return status.state;
  return status.exitCode === null ? status.reason : `${status.reason} (${status.exitCode})`;
}
