/** `deskpod login` and `logout`: for servers that are not this machine's own. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { createClient } from '#client/client.ts';
import { CliError } from '../failure.ts';
import { say } from '../io.ts';
import type { Io } from '../io.ts';
import { base, DEFAULT_SERVER, forgetLogin, keepLogin, readKept } from '../login.ts';
import { askLine, askPassword } from '../prompt.ts';

export function loginCommand(login: Command, io: Io): void {
  login
    .description('log in to a server; later commands speak to it for you')
    .argument('[name]', 'your name, as on the login page')
    .addOption(new Option('--server <url>', 'address of the server').env('DESKPOD_SERVER').default(DEFAULT_SERVER))
    .option('--anonymous', 'as a guest')
    .action(async (given: string | undefined, { server, anonymous }: { server: string; anonymous?: true }) => {
      const baseUrl = base(server);
      const client = createClient({ baseUrl });
      const { user, token, expiresAt } = await client.session.login(
        anonymous
          ? { provider: 'anonymous' }
          : {
              provider: 'directory',
              name: given ?? (await askLine(io, 'Name: ')),
              password: await askPassword(io, 'Password: '),
            },
      );
      await keepLogin(io, { server: baseUrl, token });
      say(io, `${user.name} at ${baseUrl}, until ${expiresAt}`);
    });
}

export function logoutCommand(logout: Command, io: Io): void {
  logout.description('forget the login; the desktop keeps running').action(async () => {
    const kept = await readKept(io);
    if (kept === null) throw new CliError('Nobody is logged in here.');
    // The login is forgotten here also when its server is gone or has ended it already.
    await createClient({ baseUrl: kept.server, token: kept.token })
      .session.disconnect()
      .catch(() => undefined);
    await forgetLogin(io);
    say(io, `Logged out of ${kept.server}.`);
  });
}
