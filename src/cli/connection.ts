/** The options with which every command finds its server, and clients for the server's two APIs. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { createClient } from '#client/client.ts';
import type { Client } from '#client/client.ts';
import type { Io } from './io.ts';
import { DEFAULT_DATA, DEFAULT_SERVER, findLogin } from './login.ts';
import type { Login, ServerOptions } from './login.ts';
import { Manager } from './manager.ts';

export interface Connection {
  readonly client: Client;
  readonly manager: Manager;
  readonly login: Login;
}

/** Adds `--server`, `--token` and `--data`. */
export function withConnection(command: Command): Command {
  return command
    .addOption(
      new Option('--server <url>', `server address (default: from the last login, else ${DEFAULT_SERVER})`).env(
        'DESKPOD_SERVER',
      ),
    )
    .addOption(new Option('--token <token>', 'access token, instead of a login').env('DESKPOD_TOKEN'))
    .addOption(
      new Option('--data <folder>', `data folder of a local server (default: ${DEFAULT_DATA})`).env('DESKPOD_DATA'),
    );
}

export async function connect(io: Io, options: ServerOptions): Promise<Connection> {
  const login = await findLogin(io, options);
  const { server: baseUrl, token } = login;
  return { client: createClient({ baseUrl, token }), manager: new Manager(login), login };
}
