/** `deskpod users`: manage local users. */
import type { Command } from 'commander';
import { Argument, Option } from 'commander';
import type { Role } from '#protocol/user.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { askPassword } from '../prompt.ts';

export function usersCommand(users: Command, io: Io): void {
  withConnection(users.command('list').description('list local users'))
    .option('--json', 'print JSON')
    .action(async ({ json, ...server }: ServerOptions & { json?: true }) => {
      const { client } = await connect(io, server);
      const list = await client.users.list();
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['ID', 'NAME', 'LABELS', 'STATE', 'CREATED'],
        list.map(({ id, name, labels, disabled, createdAt }) => [
          id,
          name,
          labels.join(','),
          disabled ? 'disabled' : 'enabled',
          createdAt,
        ]),
      );
    });

  withConnection(
    users.command('add').description('add a user; prompts for the password, or reads it from standard input'),
  )
    .argument('<name>', 'display name, such as “Hermes Conrad”')
    .option('--id <id>', 'user ID, part of object names (default: derived from the name)')
    .addOption(new Option('--role <role>', 'role of the user').choices(['user', 'support', 'admin']).default('user'))
    .option('--json', 'print JSON')
    .action(
      async (name: string, { id, role, json, ...server }: ServerOptions & { id?: string; role: Role; json?: true }) => {
        const { client } = await connect(io, server);
        const password = await newPassword(io);
        const user = await client.users.add({
          name,
          password,
          roles: rolesOf(role),
          ...(id === undefined ? {} : { id }),
        });
        if (json) return sayJson(io, user);
        return say(io, user.id);
      },
    );

  withConnection(
    users
      .command('passwd')
      .description('change a password and end the user’s sessions; prompts for it, or reads it from standard input'),
  )
    .argument('<id>', 'user ID')
    .action(async (id: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.users.setPassword(id, await newPassword(io));
      say(io, `The password of ${id} was changed.`);
    });

  withConnection(users.command('role').description('change a user’s role; the user must log in again'))
    .argument('<id>', 'user ID')
    .addArgument(new Argument('<role>', 'the new role').choices(['user', 'support', 'admin']))
    .action(async (id: string, role: Role, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.users.setRoles(id, rolesOf(role));
      say(io, `${id} now has the role ${role}.`);
    });

  withConnection(
    users
      .command('logout')
      .description('end all sessions of a user, also of one from a directory; desktops keep running'),
  )
    .argument('<id>', 'user ID')
    .action(async (id: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.users.endSessions(id);
      say(io, `The sessions of ${id} were ended.`);
    });

  withConnection(
    users
      .command('disable')
      .description('end a user’s sessions and refuse their logins until they are enabled; desktops and files are kept'),
  )
    .argument('<id>', 'user ID')
    .action(async (id: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.users.setDisabled(id, true);
      say(io, `${id} is disabled.`);
    });

  withConnection(users.command('enable').description('let a disabled user log in again'))
    .argument('<id>', 'user ID')
    .action(async (id: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.users.setDisabled(id, false);
      say(io, `${id} is enabled.`);
    });

  withConnection(
    users.command('remove').description('remove a user and end their sessions; desktops and files are kept'),
  )
    .argument('<id>', 'user ID')
    .action(async (id: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await client.users.remove(id);
      say(io, id);
    });
}

function rolesOf(role: Role): Role[] {
  return role === 'user' ? ['user'] : ['user', role];
}

/** Prompts twice at a terminal, where typing errors are invisible. */
async function newPassword(io: Io): Promise<string> {
  const password = await askPassword(io, 'Password: ');
  if (io.stdin.isTTY !== true) return password;
  if (password === (await askPassword(io, 'Repeat password: '))) return password;
  throw new CliError('The passwords don’t match. Nothing was changed.', { exitCode: EXIT.usage });
}
