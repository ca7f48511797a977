/** `deskpod login` and `logout`: for servers on other machines. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { ignore } from '#protocol/ignore.ts';
import { createClient } from '#client/client.ts';
import { CliError } from '../failure.ts';
import { say } from '../io.ts';
import type { Io } from '../io.ts';
import { base, DEFAULT_SERVER, forgetLogin, storeLogin, storedLogin } from '../login.ts';
import { askLine, askPassword } from '../prompt.ts';

export function loginCommand(login: Command, io: Io): void {
  login
    .description('log in to a server, for this and later commands')
    .argument('[name]', 'your user name, as on the login page')
    .addOption(new Option('--server <url>', 'server address').env('DESKPOD_SERVER').default(DEFAULT_SERVER))
    .option('--anonymous', 'log in as a guest')
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
      await storeLogin(io, { server: baseUrl, token });
      say(io, `${user.name} at ${baseUrl}, until ${expiresAt}`);
    });
}

export function logoutCommand(logout: Command, io: Io): void {
  logout
    .description('log out; the desktop keeps running')
    .option('--everywhere', 'also in browsers and on other machines')
    .action(async ({ everywhere }: { everywhere?: true }) => {
      const stored = await storedLogin(io);
      if (stored === null) throw new CliError('You’re not logged in.');
      const { session } = createClient({ baseUrl: stored.server, token: stored.token });
      if (everywhere) await session.endAll();
      else
        await session
          .disconnect()
          .catch(ignore('the local login is removed even if the server is away or has ended the session'));
      await forgetLogin(io);
      say(io, everywhere ? `Logged out of ${stored.server} everywhere.` : `Logged out of ${stored.server}.`);
    });
}
