/** `deskpod inspect`, `describe` and `support`: the containers of a desktop, and the engine's description of them. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Client } from '#client/client.ts';
import { printableLine } from '#protocol/printable.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';
import { TARGET_HELP, serverTarget } from '../target.ts';
import { containerRows, namespaceRows, processRows, socketRows, usedLimits } from './inspect-tables.ts';

const VIEWS = {
  namespaces: 'namespace IDs of the kernel; equal IDs mean a shared namespace',
  processes: 'processes with CPU and memory usage',
  sockets: 'open sockets',
  events: 'events of the engine, oldest first',
  environment: 'environment variables of each container, secrets masked',
  commands: 'equivalent kubectl, podman and nsenter commands',
} as const;
type View = keyof typeof VIEWS;
type InspectOptions = ServerOptions & { readonly json?: true } & { readonly [Name in View]?: true };

export function inspectCommand(command: Command, io: Io): void {
  withConnection(
    command.description('show the containers of a desktop, or its namespaces, processes, sockets, events …'),
  )
    .argument('[desktop]', 'desktop ID, or the ID of a launch in it (default: your desktop)')
    .option('--json', 'print JSON');
  const names = Object.keys(VIEWS);
  for (const [name, description] of Object.entries(VIEWS))
    command.addOption(new Option(`--${name}`, description).conflicts(names.filter((other) => other !== name)));
  command.action(async (given: string | undefined, options: InspectOptions) => {
    const { client } = await connect(io, options);
    const { desktopId } = await serverTarget(client, given ?? '-', io.interrupted);
    const print = options.json === true ? (value: unknown) => sayJson(io, value) : null;
    if (options.namespaces) return await showNamespaces(io, client, desktopId, print);
    if (options.processes) return await showProcesses(io, client, desktopId, print);
    if (options.sockets) return await showSockets(io, client, desktopId, print);
    if (options.events) return await showEvents(io, client, desktopId, print);
    return await showContainers(io, client, desktopId, print, options);
  });
}

type Print = ((value: unknown) => void) | null;

async function showContainers(
  io: Io,
  client: Client,
  id: string,
  print: Print,
  options: InspectOptions,
): Promise<void> {
  const inspection = await client.inspect.get(id, io.interrupted);
  if (print) return print(inspection);
  if (options.environment)
    return blocks(io, inspection.containers, ({ environment }) =>
      Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    );
  if (options.commands) return blocks(io, inspection.containers, ({ commands }) => commands.map(({ line }) => line));
  sayTable(io, ...containerRows(inspection));
  const used = usedLimits(inspection);
  if (used !== null) say(io, used);
}

async function showNamespaces(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const namespaces = await client.inspect.namespaces(id, io.interrupted);
  if (print) print(namespaces);
  else sayTable(io, ...namespaceRows(namespaces));
}

async function showProcesses(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const processes = await client.inspect.processes(id, io.interrupted);
  if (print) print(processes);
  else sayTable(io, ...processRows(processes));
}

async function showSockets(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const sockets = await client.inspect.sockets(id, io.interrupted);
  if (print) print(sockets);
  else sayTable(io, ...socketRows(sockets));
}

async function showEvents(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const events = await client.inspect.events(id, io.interrupted);
  if (print) return print(events);
  const rows = events.map((one) => [
    one.at,
    one.level,
    one.about,
    one.reason,
    one.count === 1 ? '' : `×${one.count}`,
    one.message,
  ]);
  sayTable(io, ['TIME', 'LEVEL', 'OBJECT', 'REASON', 'COUNT', 'MESSAGE'], rows);
}

/** Prints each container's name, then its lines. */
function blocks<Container extends { name: string }>(
  io: Io,
  containers: readonly Container[],
  lines: (container: Container) => readonly string[],
): void {
  for (const container of containers) {
    say(io, `${container.name}:`);
    for (const line of lines(container)) say(io, `  ${printableLine(line)}`);
  }
}

export function describeCommand(describe: Command, io: Io): void {
  withConnection(describe.description('describe a launch or desktop like kubectl describe pod'))
    .argument('<launch>', `${TARGET_HELP}; also a desktop ID`)
    .option('--yaml', 'print the engine’s object as YAML, secrets masked')
    .action(async (given: string, { yaml, ...server }: ServerOptions & { yaml?: true }) => {
      const { client } = await connect(io, server);
      const { desktopId, launch } = await serverTarget(client, given, io.interrupted);
      const text = yaml
        ? await client.inspect.yaml(desktopId, launch, io.interrupted)
        : await client.inspect.describe(desktopId, launch, io.interrupted);
      say(io, text.trimEnd());
    });
}

export function supportCommand(support: Command, io: Io): void {
  withConnection(
    support.description('write a support archive: log, description, events, trace, versions; secrets masked'),
  )
    .argument('<launch>', 'launch ID')
    .option('--file <file>', 'output file (default: deskpod-support-LAUNCH.tar.gz); - for standard output')
    .action(async (launch: string, { file, ...server }: ServerOptions & { file?: string }) => {
      const { client } = await connect(io, server);
      const archive = await client.launches.support(launch, io.interrupted);
      if (file === '-') {
        io.stdout.write(archive);
        return;
      }
      const name = file ?? `deskpod-support-${launch}.tar.gz`;
      await writeNew(name, archive);
      say(io, name);
    });
}

/** Readable only by its owner. Never overwrites a file. */
async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes, { flag: 'wx', mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST')
      throw new CliError(`${file} already exists.`, {
        remedy: 'Remove it, or choose another name: --file FILE',
        cause,
      });
    throw new CliError(`Can’t write ${file}: ${cause.message}`, { cause });
  });
}
