/** `deskpod logs`: prints the log of a launch, in colour at a terminal. */
import { type Command, Option } from 'commander';
import { colouredText, plainText } from '#protocol/escapes.ts';
import { connect, withConnection } from '../connection.ts';
import type { Io } from '../io.ts';
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
      const form = colors ? coloredLine : plainText;
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

function hasColors({ stdout }: Io): boolean {
  return stdout.isTTY === true && (stdout.hasColors?.() ?? true);
}

/** Resets the colours at the end, so that they don't spread to the next line or the prompt. */
function coloredLine(line: string): string {
  const text = colouredText(line);
  return text.includes('\u001B') ? `${text}\u001B[0m` : text;
}
