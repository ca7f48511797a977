/** `deskpod apps`: list, add, remove, export, install and update apps. */
import type { Command } from 'commander';
import type { Client } from '#client/client.ts';
import type { App } from '#protocol/app.ts';
import type { StoreApp, StoreAppState } from '#protocol/app-store.ts';
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

  withConnection(apps.command('store').description('list every app that can be installed, and what is installed'))
    .option('--json', 'print JSON')
    .action(async ({ json, ...server }: ServerOptions & { json?: true }) => {
      const { client } = await connect(io, server);
      const store = await client.apps.store();
      if (json) return sayJson(io, store);
      return sayTable(
        io,
        ['NAME', 'STATE', ''],
        store.apps.map((app) => [app.name, stateOf(app), detailOf(app)]),
      );
    });

  withConnection(apps.command('install').description('install an app: pull or build its image'))
    .argument('<name>', 'app ID or name')
    .action(async (name: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await follow(io, client, 'install', name);
    });

  withConnection(apps.command('update').description('build an app again, with its current recipe and Debian’s updates'))
    .argument('<name>', 'app ID or name')
    .action(async (name: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      await follow(io, client, 'update', name);
    });
}

/** Requests it once the stream is open, so that nothing is missed; returns when the app is there. */
async function follow(io: Io, client: Client, verb: 'install' | 'update', name: string): Promise<void> {
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, io.interrupted, AbortSignal.timeout(INSTALL_TIMEOUT_MS)]);
  let requested = false;
  let step = '';
  try {
    for await (const event of client.apps.storeStream({ signal })) {
      const apps = event.type === 'app' ? [event.app] : event.store.apps;
      const state = apps.find((app) => app.name === name || app.id === name)?.state;
      if (!requested && event.type === 'apps') {
        requested = true;
        // An unknown name is refused here.
        if (verb === 'update') await client.apps.update(name);
        else if (!isThere(state)) await client.apps.install(name);
        else return say(io, `${name} is installed.`);
        continue;
      }
      if (state === undefined) continue;
      if (state.state === 'failed') throw new CliError(state.reason);
      if (isThere(state)) return say(io, verb === 'update' ? `${name} is up to date.` : `${name} is installed.`);
      if ('step' in state && state.step !== step) say(io, state.step);
      step = 'step' in state ? state.step : step;
    }
  } finally {
    done.abort();
  }
  throw new CliError(`It took too long to ${verb} ${name}.`, { remedy: 'To see its state: deskpod apps store' });
}

function isThere(state: StoreAppState | undefined): boolean {
  return state?.state === 'installed' || state?.state === 'outdated';
}

function stateOf({ state, may }: StoreApp): string {
  if (state.state === 'outdated') return may.update ? 'update available' : 'installed';
  return state.state;
}

/** The current step, or why it failed. */
function detailOf({ state, description }: StoreApp): string {
  if (state.state === 'failed') return state.reason;
  return 'step' in state ? state.step : (description ?? '');
}

/** The current step, or why the app is unavailable. */
function noteOf({ availability }: App): string {
  if (availability.state === 'unavailable') return availability.reason;
  return availability.state === 'installing' ? availability.step : '';
}
