/** `deskpod users`: the logins that this installation keeps itself. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Role } from '#protocol/user.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';
import { askPassword } from '../prompt.ts';

export function usersCommand(users: Command, io: Io): void {
  withConnection(users.command('list').description('list the local logins'))
    .option('--json', 'as JSON')
    .action(async ({ json, ...wanted }: Wanted & { json?: true }) => {
      const { client } = await connect(io, wanted);
      const list = await client.users.list();
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['ID', 'NAME', 'LABELS', 'SINCE'],
        list.map(({ id, name, labels, createdAt }) => [id, name, labels.join(','), createdAt]),
      );
    });

  withConnection(
    users.command('add').description('add a login; the password is asked for, or read from standard input'),
  )
    .argument('<name>', 'name for people, for example “Hermes Conrad”')
    .option('--id <id>', 'short name, part of object names (default: made from the name)')
    .addOption(
      new Option('--role <role>', 'what the user may do').choices(['user', 'support', 'admin']).default('user'),
    )
    .option('--json', 'as JSON')
    .action(async (name: string, { id, role, json, ...wanted }: Wanted & { id?: string; role: Role; json?: true }) => {
      const { client } = await connect(io, wanted);
      const password = await newPassword(io);
      const roles: Role[] = role === 'user' ? ['user'] : ['user', role];
      const user = await client.users.add({ name, password, roles, ...(id === undefined ? {} : { id }) });
      if (json) return sayJson(io, user);
      return say(io, user.id);
    });

  withConnection(users.command('passwd').description('set a password; it is asked for, or read from standard input'))
    .argument('<id>', 'id of the user')
    .action(async (id: string, wanted: Wanted) => {
      const { client } = await connect(io, wanted);
      await client.users.setPassword(id, await newPassword(io));
      say(io, `The password of ${id} is set.`);
    });

  withConnection(users.command('remove').description('remove a login; the home stays'))
    .argument('<id>', 'id of the user')
    .action(async (id: string, wanted: Wanted) => {
      const { client } = await connect(io, wanted);
      await client.users.remove(id);
      say(io, id);
    });
}

/** Twice at a terminal, where a slip of the finger is not seen. */
async function newPassword(io: Io): Promise<string> {
  const password = await askPassword(io, 'Password: ');
  if (io.stdin.isTTY !== true) return password;
  if (password === (await askPassword(io, 'Again: '))) return password;
  throw new CliError('The two passwords differ; nothing was changed.', { exitCode: EXIT.usage });
}
