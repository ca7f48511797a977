/** `deskpod apps`: list, add, remove, export and install apps. */
import type { Command } from 'commander';
import type { Client } from '#client/client.ts';
import type { App } from '#protocol/app.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError } from '../failure.ts';
import { readAll, say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { exportCommand } from './apps-export.ts';
import { readText } from '../read-text.ts';

/** The server's own timeout. */
const INSTALL_TIMEOUT_MS = 30 * 60_000;

export function appsCommand(apps: Command, io: Io): void {
  withConnection(apps.command('list').description('list the apps that you can start'))
    .option('--json', 'print JSON')
    .action(async ({ json, ...server }: ServerOptions & { json?: true }) => {
      const { client } = await connect(io, server);
      const list = await client.apps.list();
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['NAME', 'RUNTIME', 'STATE', 'ID', ''],
        list.map((app) => [app.name, app.runtime, app.availability.state.replace('_', ' '), app.id, noteOf(app)]),
      );
    });

  withConnection(apps.command('add').description('add apps from the output of docker inspect or crictl inspecti'))
    .argument('<file>', 'JSON file; - for standard input')
    .option('--no-pull', 'do not pull the images')
    .option('--json', 'print JSON')
    .action(async (file: string, { json, pull, ...server }: ServerOptions & { json?: true; pull: boolean }) => {
      const text = file === '-' ? await readAll(io.stdin) : await readText(file);
      const { manager } = await connect(io, server);
      const added = await manager.addImages(text, { pull });
      if (json) return sayJson(io, added);
      for (const { name, id } of added) say(io, `${name}  ${id}`);
      return undefined;
    });

  withConnection(apps.command('remove').description('remove an app from the catalogue'))
    .argument('<id>', 'app ID, sha256:…, or the last two parts of the ID; * for all')
    .action(async (id: string, server: ServerOptions) => {
      const { manager } = await connect(io, server);
      for (const removed of await manager.removeImage(id)) say(io, removed);
    });

  exportCommand(apps.command('export'), io);

  withConnection(apps.command('install').description('pull or build the image of an app'))
    .argument('<name>', 'app ID or name')
    .action(async (name: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await install(io, client, name);
    });
}

/** Requests the installation once the event stream is open, so that no event is missed; returns when the app is ready. */
async function install(io: Io, client: Client, name: string): Promise<void> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, io.interrupted, AbortSignal.timeout(INSTALL_TIMEOUT_MS)]);
  let requested = false;
  try {
    for await (const event of client.events({ signal })) {
      const apps = event.type === 'app' ? [event.app] : event.type === 'apps' ? event.apps : [];
      const availability = apps.find((one) => one.name === name || one.id === name)?.availability;
      if (availability?.state === 'ready') return say(io, `${name} is installed.`);
      if (availability?.state === 'installing') say(io, availability.step);
      if (event.type === 'app' && availability?.state === 'unavailable') throw new CliError(availability.reason);
      if (event.type === 'apps' && !requested) await client.apps.install(name);
      requested ||= event.type === 'apps';
    }
  } finally {
    done.abort();
  }
  throw new CliError(`${name} was not installed in time.`, { remedy: 'To see its state: deskpod apps list' });
}

/** The current step, or why the app is unavailable. */
function noteOf({ availability }: App): string {
  if (availability.state === 'unavailable') return availability.reason;
  return availability.state === 'installing' ? availability.step : '';
}
