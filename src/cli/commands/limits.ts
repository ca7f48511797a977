/** `deskpod limits`: what a user may have at the same time, and has. */
import type { Command } from 'commander';
import type { LimitUse } from '#protocol/limits.ts';
import { connect, withConnection } from '../connection.ts';
import { sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';

/** 536870912 bytes are `512 MiB`, 0.2512 processors `0.25`. */
function amount(value: number, unit: LimitUse['unit']): string {
  if (unit !== 'bytes') return String(Math.round(value * 100) / 100);
  return value < 1024 ** 3 ? `${Math.ceil(value / 1024 ** 2)} MiB` : `${Math.round((value / 1024 ** 3) * 10) / 10} GiB`;
}

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
        list.map(({ name, used, limit, unit, enforced, setting }) => [
          name,
          used === null ? 'unknown' : amount(used, unit),
          amount(limit, unit) + (enforced ? '' : ' (not enforced)'),
          setting,
        ]),
      );
    });
}
