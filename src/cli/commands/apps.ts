/** `deskpod apps`: what is in the catalogue, what comes in and goes out. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Client } from '#client/client.ts';
import type { App } from '#protocol/app.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError } from '../failure.ts';
import { readAll, say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';

/** As long as the server itself tries. */
const INSTALL_TIMEOUT_MS = 30 * 60_000;

interface ExportWishes {
  readonly registry?: string;
  readonly as?: string;
  readonly label: readonly string[];
  readonly output?: string;
}

export function appsCommand(apps: Command, io: Io): void {
  withConnection(apps.command('list').description('list the apps you may start'))
    .option('--json', 'as JSON')
    .action(async ({ json, ...wanted }: Wanted & { json?: true }) => {
      const { client } = await connect(io, wanted);
      const list = await client.apps.list();
      if (json) return sayJson(io, list);
      return sayTable(
        io,
        ['NAME', 'RUNTIME', 'STATE', 'ID', ''],
        list.map((app) => [app.name, app.runtime, app.availability.state.replace('_', ' '), app.id, noteOf(app)]),
      );
    });

  withConnection(apps.command('add').description('register the apps of a docker inspect or crictl inspecti file'))
    .argument('<file>', 'JSON file; - reads standard input')
    .option('--no-pull', 'do not begin to fetch the images')
    .option('--json', 'as JSON')
    .action(async (file: string, { json, pull, ...wanted }: Wanted & { json?: true; pull: boolean }) => {
      const text = file === '-' ? await readAll(io.stdin) : await readText(file);
      const { manager } = await connect(io, wanted);
      const added = await manager.addImages(text, { pull });
      if (json) return sayJson(io, added);
      for (const { name, id } of added) say(io, `${name}  ${id}`);
      return undefined;
    });

  withConnection(apps.command('remove').description('take an app out of the catalogue'))
    .argument('<id>', 'id, sha256:… or the last two parts of the id; * removes all')
    .action(async (id: string, wanted: Wanted) => {
      const { manager } = await connect(io, wanted);
      for (const removed of await manager.removeImage(id)) say(io, removed);
    });

  withConnection(apps.command('export').description('write an installed app as a file for another installation'))
    .argument('<name>', 'id or name of the app')
    .option('--registry <registry>', 'what goes in front of the image’s name; empty for docker.io')
    .option('--as <name:tag>', 'name and tag of the image there, for example 2048-alpine.d:3.0')
    .option(
      '--label <name=value>',
      'label that differs there, may be repeated',
      (label, before: string[]) => [...before, label],
      [],
    )
    .option('-o, --output <file>', 'file to write instead of standard output')
    .action(async (name: string, { registry, as, label, output, ...wanted }: Wanted & ExportWishes) => {
      const { manager } = await connect(io, wanted);
      const wishes = Object.entries({ registry, as }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value] as const],
      );
      const exported = await manager.exportImage(name, [...wishes, ...label.map((one) => ['label', one] as const)]);
      if (output === undefined) return sayJson(io, exported);
      return await writeFile(output, `${JSON.stringify(exported, null, 4)}\n`);
    });

  withConnection(apps.command('install').description('fetch or build the image of an app now'))
    .argument('<name>', 'id or name of the app')
    .action(async (name: string, wanted: Wanted) => {
      const { client } = await connect(io, wanted);
      await install(io, client, name);
    });
}

/** Asks when the stream of events stands, so that no change is missed; ends with the app's state. */
async function install(io: Io, client: Client, name: string): Promise<void> {
  const enough = new AbortController();
  const signal = AbortSignal.any([enough.signal, io.interrupted, AbortSignal.timeout(INSTALL_TIMEOUT_MS)]);
  let asked = false;
  try {
    for await (const event of client.events({ signal })) {
      const apps = event.type === 'app' ? [event.app] : event.type === 'apps' ? event.apps : [];
      const availability = apps.find((one) => one.name === name || one.id === name)?.availability;
      if (availability?.state === 'ready') return say(io, `${name} is installed.`);
      if (availability?.state === 'installing') say(io, availability.step);
      if (event.type === 'app' && availability?.state === 'unavailable') throw new CliError(availability.reason);
      if (event.type === 'apps' && !asked) await client.apps.install(name);
      asked ||= event.type === 'apps';
    }
  } finally {
    enough.abort();
  }
  throw new CliError(`${name} was not installed in time.`, { remedy: 'deskpod apps list tells how far it is.' });
}

/** What happens now, or why it cannot be had. */
function noteOf({ availability }: App): string {
  if (availability.state === 'unavailable') return availability.reason;
  return availability.state === 'installing' ? availability.step : '';
}

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`${file} cannot be read.`, { cause });
  });
}
