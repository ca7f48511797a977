/** `deskpod desktops`: who has one, taking one away, making one's own anew. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';
import { askYes } from '../prompt.ts';

export function desktopsCommand(desktops: Command, io: Io): void {
  withConnection(desktops.command('list').description('list all desktops'))
    .option('--json', 'as JSON')
    .action(async ({ json, ...wanted }: Wanted & { json?: true }) => {
      const { client } = await connect(io, wanted);
      const list = await client.desktops.list();
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['ID', 'USER', 'STATE', 'SINCE', 'PLACE'],
        list.map(({ id, userId, state, createdAt, place }) => [id, userId, state, createdAt, place]),
      );
    });

  withConnection(
    desktops.command('remove').description('end a desktop with everything that runs in it; the home stays'),
  )
    .argument('<id>', 'id of the desktop')
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, { yes, ...wanted }: Wanted & { yes?: true }) => {
      const { client } = await connect(io, wanted);
      const sure = yes === true || (await askYes(io, `End ${id} and everything that runs in it?`));
      if (!sure) throw new CliError('Nothing was ended.', { exitCode: EXIT.failed });
      await client.desktops.remove(id);
      say(io, id);
    });

  withConnection(
    desktops
      .command('compact')
      .description('make your desktop anew without the finished entries that pile up; the same apps start again'),
  )
    .addOption(
      new Option('--when <when>', 'at once, or when nobody looks at it').choices(['now', 'idle']).default('idle'),
    )
    .option('--cancel', 'take a wish for later back')
    .option('-y, --yes', 'do not ask')
    .action(async ({ when, cancel, yes, ...wanted }: Wanted & CompactOptions) => {
      const { client } = await connect(io, wanted);
      if (cancel) {
        await client.desktop.keepAsItIs();
        return say(io, 'Your desktop stays as it is.');
      }
      const sure = when === 'idle' || yes === true || (await askYes(io, 'End all windows and start the apps again?'));
      if (!sure) throw new CliError('Nothing was changed.', { exitCode: EXIT.failed });
      await client.desktop.compact(when);
      return say(
        io,
        when === 'now' ? 'Your desktop is made anew.' : 'Your desktop is made anew when nobody looks at it.',
      );
    });
}

interface CompactOptions {
  readonly when: 'now' | 'idle';
  readonly cancel?: true;
  readonly yes?: true;
}
