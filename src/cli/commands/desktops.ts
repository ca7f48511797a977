/** `deskpod desktops`: list and remove desktops; rebuild your own and save its home folder. */
import type { Command } from 'commander';
import type { Client } from '#client/client.ts';
import { Option } from 'commander';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { askYes } from '../prompt.ts';
import { downloadHomeCommand, fateOf, listOwnFiles } from './home.ts';

export function desktopsCommand(desktops: Command, io: Io): void {
  withConnection(desktops.command('list').description('list all desktops'))
    .option('--json', 'print JSON')
    .action(async ({ json, ...server }: ServerOptions & { json?: true }) => {
      const { client } = await connect(io, server);
      const list = await client.desktops.list();
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['ID', 'USER', 'STATE', 'HOME', 'CREATED', 'LOCATION'],
        list.map(({ id, userId, state, home, createdAt, place }) => [id, userId, state, home, createdAt, place]),
      );
    });

  withConnection(
    desktops
      .command('remove')
      .description('remove a desktop with its launches, and its home folder unless that is kept'),
  )
    .argument('<id>', 'desktop ID')
    .option('-y, --yes', 'skip the confirmation')
    .action(async (id: string, { yes, ...server }: ServerOptions & { yes?: true }) => {
      const { client } = await connect(io, server);
      const confirmed =
        yes === true ||
        (await askYes(io, `Remove ${id} and everything that runs in it?${await fateOfDesktop(io, client, id)}`));
      if (!confirmed) throw new CliError('Canceled. Nothing was removed.', { exitCode: EXIT.failed });
      await client.desktops.remove(id);
      say(io, id);
    });

  withConnection(
    desktops
      .command('rebuild')
      .description('replace your desktop with a fresh one, without finished launches; the same apps start again'),
  )
    .addOption(new Option('--when <when>', 'now, or when the desktop is idle').choices(['now', 'idle']).default('idle'))
    .option('--cancel', 'cancel a scheduled rebuild')
    .option('-y, --yes', 'skip the confirmation')
    .action(async ({ when, cancel, yes, ...server }: ServerOptions & RebuildOptions) => {
      const { client } = await connect(io, server);
      if (cancel) {
        await client.desktop.cancelRebuild();
        return say(io, 'The scheduled rebuild is canceled.');
      }
      const confirms = when === 'now' && yes !== true;
      const { home } = confirms ? await client.desktop.get() : { home: null };
      if (home === 'lost') await listOwnFiles(io, client);
      const fate = home === null ? '' : ` ${fateOf(home)}`;
      const confirmed = !confirms || (await askYes(io, `Close all windows and restart the apps?${fate}`));
      if (!confirmed) throw new CliError('Canceled. Nothing was changed.', { exitCode: EXIT.failed });
      await client.desktop.rebuild(when);
      return say(
        io,
        when === 'now' ? 'Your desktop is being rebuilt.' : 'Your desktop will be rebuilt when it’s idle.',
      );
    });

  downloadHomeCommand(desktops.command('download-home'), io);
}

/** A sentence about the home folder, with a leading space; lists the files of your own desktop. Empty if there is no such desktop. */
async function fateOfDesktop(io: Io, client: Client, id: string): Promise<string> {
  const found = (await client.desktops.list()).find((one) => one.id === id);
  if (!found) return '';
  if (found.home === 'lost' && (await client.session.current()).user.id === found.userId)
    await listOwnFiles(io, client);
  return ` ${fateOf(found.home)}`;
}

interface RebuildOptions {
  readonly when: 'now' | 'idle';
  readonly cancel?: true;
  readonly yes?: true;
}
