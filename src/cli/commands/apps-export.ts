/**
 * `deskpod apps export`: writes the file with which another installation imports an app. Apps that come with Deskpod are
 * exported without a server.
 */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ignore } from '#protocol/ignore.ts';
import type { Client } from '#client/client.ts';
import { ConnectionError } from '#client/errors.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError } from '../failure.ts';
import { sayJson } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { NoSuchApp } from '../manager.ts';

interface ExportOptions {
  readonly registry?: string;
  readonly as?: string;
  readonly label: readonly string[];
}

export function exportCommand(command: Command, io: Io): void {
  withConnection(command.description('export an app for another installation'))
    .argument('<name>', 'app ID or name; apps that come with Deskpod need no server')
    .option('--registry <registry>', 'registry of the image; empty for docker.io')
    .option('--as <name:tag>', 'name and tag of the image, such as 2048-alpine.d:3.0; or NAME@sha256:…')
    .option('--label <name=value>', 'override a label; repeatable', (label, before: string[]) => [...before, label], [])
    .option('-o, --output <file>', 'output file (default: standard output)')
    .action(async (name: string, { output, ...options }: ServerOptions & ExportOptions & { output?: string }) => {
      const { exportOwnApp } = await import('../start.ts');
      const exported = (await exportOwnApp(name, options)) ?? (await exportFromServer(io, name, options));
      if (output === undefined) return sayJson(io, exported);
      return await writeFile(output, `${JSON.stringify(exported, null, 4)}\n`).catch((cause: unknown) => {
        throw new CliError(`Can’t write ${output}.`, { cause });
      });
    });
}

async function exportFromServer(
  io: Io,
  name: string,
  { registry, as, label, ...server }: ServerOptions & ExportOptions,
): Promise<unknown> {
  const given = Object.entries({ registry, as }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  const { client, manager } = await connect(io, server).catch(async (cause: unknown) => {
    throw cause instanceof CliError ? await noServer(name, cause) : cause;
  });
  try {
    return await manager.exportImage(name, [...given, ...label.map((one) => ['label', one] as const)]);
  } catch (cause) {
    if (cause instanceof NoSuchApp) throw await unknown(name, await namesOnServer(client), cause);
    throw cause instanceof ConnectionError ? await noServer(name, cause) : cause;
  }
}

/** The names of the server's apps; empty if it can't be queried. */
async function namesOnServer(client: Client): Promise<string> {
  const list = await client.apps.list().catch(ignore('the message does without the names', []));
  return list.length === 0 ? '' : ` The server has: ${list.map((app) => app.name).join(', ')}.`;
}

async function unknown(name: string, onServer: string, cause: unknown): Promise<CliError> {
  return new CliError(`There is no app ${name}, neither in Deskpod nor on the server.`, {
    remedy: `${await ownNames()}${onServer}`,
    cause,
  });
}

async function noServer(name: string, cause: Error): Promise<CliError> {
  const reason = cause.message.replace(/\.?$/, '.');
  return new CliError(`${name} does not come with Deskpod, and no server could be queried: ${reason}`, {
    remedy: `${await ownNames()} Other apps need --server and a login.`,
    cause,
  });
}

async function ownNames(): Promise<string> {
  const { ownAppNames } = await import('../start.ts');
  return `Deskpod comes with: ${(await ownAppNames()).join(', ')}.`;
}
