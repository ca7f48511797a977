/** `deskpod limits`: what a user may have at the same time, and has. */
import type { Command } from 'commander';
import { connect, withConnection } from '../connection.ts';
import { sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';

export function limitsCommand(limits: Command, io: Io): void {
  withConnection(limits.description('show your limits and their current use'))
    .option('--user <id>', 'of this user; for administrators')
    .option('--json', 'print JSON')
    .action(async ({ user, json, ...server }: ServerOptions & { user?: string; json?: true }) => {
      const { client } = await connect(io, server);
      const list = await client.limits(user);
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['LIMIT', 'USED', 'MOST', 'SETTING'],
        list.map(({ name, used, limit, setting }) => [name, String(used), String(limit), setting]),
      );
    });
}
