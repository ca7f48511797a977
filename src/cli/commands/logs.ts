/** `deskpod logs`: prints the log of a launch, in colour at a terminal. */
import { type Command, Option } from 'commander';
import { connect, withConnection } from '../connection.ts';
import type { Io } from '../io.ts';
import { hasColors, logForm } from '../log-form.ts';
import type { ServerOptions } from '../login.ts';

type When = 'always' | 'auto' | 'never';

export function logsCommand(logs: Command, io: Io): void {
  withConnection(logs.description('print the log of a launch'))
    .argument('<launch>', 'launch ID')
    .option('-f, --follow', 'follow the log until the launch ends')
    .addOption(
      new Option('--color <when>', 'keep the colors of the log; auto: at a terminal, unless NO_COLOR is set')
        .choices(['always', 'auto', 'never'] satisfies When[])
        .default('auto'),
    )
    .action(async (id: string, { follow, color, ...server }: ServerOptions & { follow?: true; color: When }) => {
      const { client } = await connect(io, server);
      const colors = color === 'always' || (color === 'auto' && hasColors(io));
      const form = logForm(colors);
      if (!follow) {
        const text = await client.launches.log(id, io.interrupted, { colors });
        io.stdout.write(text.split('\n').map(form).join('\n'));
        return;
      }
      try {
        for await (const { stream, text } of client.launches.logStream(id, io.interrupted)) {
          (stream === 'stderr' ? io.stderr : io.stdout).write(`${form(text)}\n`);
        }
      } catch (error) {
        if (!io.interrupted.aborted) throw error;
      }
    });
}
