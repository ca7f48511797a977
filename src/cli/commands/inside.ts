/** `deskpod inside`, `describe`, `support`: what is in a desktop and what the engine says of it. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Client } from '#client/client.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';
import { PLACE_HELP, placeOf } from '../target.ts';
import { containerRows, fullness, namespaceRows, processRows, socketRows } from './inside-tables.ts';

const VIEWS = {
  namespaces: 'numbers of the kernel: the same number is the same namespace',
  processes: 'processes with processor and memory',
  sockets: 'open sockets',
  events: 'what the engine says happened, oldest first',
  environment: 'variables of each container, secrets masked',
  commands: 'the equal kubectl, podman and nsenter lines',
} as const;
type View = keyof typeof VIEWS;
type InsideOptions = Wanted & { readonly json?: true } & { readonly [Name in View]?: true };

export function insideCommand(inside: Command, io: Io): void {
  withConnection(inside.description('show the containers of a desktop, or what else is in it'))
    .argument('[desktop]', 'id of a desktop or of a launch in it; yours without')
    .option('--json', 'as JSON');
  const names = Object.keys(VIEWS);
  for (const [name, description] of Object.entries(VIEWS))
    inside.addOption(new Option(`--${name}`, description).conflicts(names.filter((other) => other !== name)));
  inside.action(async (place: string | undefined, options: InsideOptions) => {
    const { client } = await connect(io, options);
    const { desktopId } = await placeOf(client, place ?? '-', io.interrupted);
    const print = options.json === true ? (value: unknown) => sayJson(io, value) : null;
    if (options.namespaces) return await showNamespaces(io, client, desktopId, print);
    if (options.processes) return await showProcesses(io, client, desktopId, print);
    if (options.sockets) return await showSockets(io, client, desktopId, print);
    if (options.events) return await showEvents(io, client, desktopId, print);
    return await showContainers(io, client, desktopId, print, options);
  });
}

type Print = ((value: unknown) => void) | null;

async function showContainers(io: Io, client: Client, id: string, print: Print, options: InsideOptions): Promise<void> {
  const inside = await client.inside.get(id, io.interrupted);
  if (print) return print(inside);
  if (options.environment)
    return blocks(io, inside.containers, ({ environment }) =>
      Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    );
  if (options.commands) return blocks(io, inside.containers, ({ commands }) => commands.map(({ line }) => line));
  sayTable(io, ...containerRows(inside));
  const full = fullness(inside);
  if (full !== null) say(io, full);
}

async function showNamespaces(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const namespaces = await client.inside.namespaces(id, io.interrupted);
  if (print) print(namespaces);
  else sayTable(io, ...namespaceRows(namespaces));
}

async function showProcesses(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const processes = await client.inside.processes(id, io.interrupted);
  if (print) print(processes);
  else sayTable(io, ...processRows(processes));
}

async function showSockets(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const sockets = await client.inside.sockets(id, io.interrupted);
  if (print) print(sockets);
  else sayTable(io, ...socketRows(sockets));
}

async function showEvents(io: Io, client: Client, id: string, print: Print): Promise<void> {
  const happenings = await client.inside.happenings(id, io.interrupted);
  if (print) return print(happenings);
  const rows = happenings.map((one) => [
    one.at,
    one.level,
    one.about,
    one.reason,
    one.count === 1 ? '' : `×${one.count}`,
    one.message,
  ]);
  sayTable(io, ['AT', 'LEVEL', 'ABOUT', 'REASON', 'TIMES', 'MESSAGE'], rows);
}

/** Each container's name, then its lines. */
function blocks<Container extends { name: string }>(
  io: Io,
  containers: readonly Container[],
  lines: (container: Container) => readonly string[],
): void {
  for (const container of containers) {
    say(io, `${container.name}:`);
    for (const line of lines(container)) say(io, `  ${line.replaceAll(/\p{Cc}/gu, ' ')}`);
  }
}

export function describeCommand(describe: Command, io: Io): void {
  withConnection(describe.description('say of a launch or desktop what kubectl describe pod says'))
    .argument('<launch>', `${PLACE_HELP}; a desktop’s id too`)
    .option('--yaml', 'the engine’s own object as YAML, secrets masked')
    .action(async (given: string, { yaml, ...wanted }: Wanted & { yaml?: true }) => {
      const { client } = await connect(io, wanted);
      const { desktopId, launch } = await placeOf(client, given, io.interrupted);
      const text = yaml
        ? await client.inside.yaml(desktopId, launch, io.interrupted)
        : await client.inside.describe(desktopId, launch, io.interrupted);
      io.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    });
}

export function supportCommand(support: Command, io: Io): void {
  withConnection(
    support.description(
      'write one archive for whoever helps: log, description, events, trace, versions; secrets masked',
    ),
  )
    .argument('<launch>', 'id of the launch')
    .option('--file <file>', 'to write instead of deskpod-support-LAUNCH.tar.gz; - is standard output')
    .action(async (launch: string, { file, ...wanted }: Wanted & { file?: string }) => {
      const { client } = await connect(io, wanted);
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

/** For its owner alone; what is there already stays. */
async function writeNew(file: string, bytes: Uint8Array): Promise<void> {
  await writeFile(file, bytes, { flag: 'wx', mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST')
      throw new CliError(`${file} is there already.`, { remedy: 'Remove it, or name another one: --file FILE', cause });
    throw new CliError(`${file} cannot be written: ${cause.message}`, { cause });
  });
}
