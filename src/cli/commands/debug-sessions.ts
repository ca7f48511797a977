/** `deskpod debug ls` and its siblings: list, approve, deny, end and replay debug sessions. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Client } from '#client/client.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { pauses, readRecording, recordedOutput } from '../asciicast.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError, EXIT } from '../failure.ts';
import { note, say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { ServerOptions } from '../login.ts';

const SESSION = 'session ID, or an unambiguous prefix of it';
const IDLE_SECONDS = 2;

/** Adds the subcommands to `deskpod debug`, which starts a session when its first argument is none of them. */
export function debugSessionsCommand(debug: Command, io: Io): void {
  debug.commandsGroup('Sessions:');
  debug.hook('preSubcommand', refuseOptionsBefore);
  withConnection(debug.command('ls').description('list debug sessions, newest first: yours, and those on your desktop'))
    .option('--user <id>', 'sessions on this user’s desktop; * for all users (support and administrators)')
    .option('--open', 'only pending and active sessions')
    .option('--json', 'print JSON')
    .action(async ({ user, open, json, ...server }: ServerOptions & { user?: string; open?: true; json?: true }) => {
      const { client } = await connect(io, server);
      const owner = user ?? (await defaultOwner(client));
      const list = await client.debug.list(
        { ...(owner === undefined ? {} : { user: owner }), ...(open === undefined ? {} : { open }) },
        io.interrupted,
      );
      if (json) return sayJson(io, list);
      return sayTable(io, ['ID', 'KIND', 'BY', 'TARGET', 'PROFILE', 'STATE', 'REQUESTED', 'REASON'], list.map(row));
    });

  changeCommand(
    debug,
    io,
    'approve',
    'approve a session on your desktop; administrators: on any, if its owner doesn’t answer',
    (client, id) => answer(client, id, true),
  );
  changeCommand(debug, io, 'deny', 'deny a session on your desktop; administrators: on any', (client, id) =>
    answer(client, id, false),
  );
  changeCommand(debug, io, 'extend', 'restart the time to live of a session', (client, id) => client.debug.extend(id));
  changeCommand(debug, io, 'end', 'end a session with its toolbox or copy', (client, id) => client.debug.end(id));
  changeCommand(debug, io, 'acknowledge', 'mark a past session on your desktop as seen', async (client, id) => {
    await client.debug.seen(id);
    return await client.debug.get(id);
  });
  playCommand(debug, io);
}

/** Options before the subcommand belong to `debug` itself: without this, `--server` there would be ignored silently. */
function refuseOptionsBefore(debug: Command, subcommand: Command): void {
  const early = debug.options.find((option) => debug.getOptionValueSource(option.attributeName()) === 'cli');
  if (early === undefined) return;
  throw new CliError(`${early.long ?? early.flags} must come after ${subcommand.name()}.`, {
    remedy: `Run deskpod debug ${subcommand.name()} --help.`,
    exitCode: EXIT.usage,
  });
}

/** By the owner of the desktop, or by an administrator in their place. */
async function answer(client: Client, id: string, agree: boolean): Promise<DebugSession> {
  const { user } = await client.session.current();
  const { userId } = await client.debug.get(id);
  return userId === user.id ? await client.debug.answer(id, agree) : await client.debug.approve(id, agree);
}

/** A subcommand that changes one session and prints its new state. */
function changeCommand(
  debug: Command,
  io: Io,
  name: string,
  description: string,
  change: (client: Client, id: string) => Promise<DebugSession>,
): void {
  withConnection(debug.command(name).description(description))
    .argument('<session>', SESSION)
    .action(async (session: string, server: ServerOptions) => {
      const { client } = await connect(io, server);
      const changed = await change(client, await findSession(client, session));
      say(io, `${changed.id}  ${stateOf(changed)}`);
    });
}

function playCommand(debug: Command, io: Io): void {
  withConnection(debug.command('play').description('play the recording of a session; Ctrl-C stops it'))
    .argument('<session>', SESSION)
    .option('--speed <factor>', 'playback speed', positive, 1)
    .option('--idle <seconds>', 'limit pauses to this many seconds', positive, IDLE_SECONDS)
    .option('--raw', 'print the recording itself (asciicast version 2)')
    .action(async (session: string, { speed, idle, raw, ...server }: ServerOptions & PlayOptions) => {
      const { client } = await connect(io, server);
      const text = await client.debug.transcript(await findSession(client, session), io.interrupted);
      if (raw) io.stdout.write(text);
      else if (io.stdout.isTTY === true) await play(io, text, { speed, idle });
      else io.stdout.write(recordedOutput(text));
    });
}

interface PlayOptions {
  readonly speed: number;
  readonly idle: number;
  readonly raw?: true;
}

async function play(io: Io, text: string, pace: { speed: number; idle: number }): Promise<void> {
  const recording = readRecording(text);
  if ((io.stdout.columns ?? 0) < recording.columns)
    note(io, `deskpod: The recording is ${recording.columns} columns wide and ${recording.rows} rows high.`);
  const waits = pauses(recording, pace);
  try {
    for (const [index, { text: output }] of recording.outputs.entries()) {
      await delay(waits[index], undefined, { signal: io.interrupted });
      io.stdout.write(output);
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
  }
  // Undoes the colours and modes that the recording left set; a full reset would clear the screen.
  io.stdout.write('\u001b[0m\u001b[?1049l\u001b[?25h\n');
}

async function findSession(client: Client, given: string): Promise<string> {
  if (given.length >= 36) return given;
  const user = await defaultOwner(client);
  const all = await client.debug.list(user === undefined ? {} : { user });
  const [one, ...others] = all.filter(({ id }) => id.startsWith(given));
  if (one !== undefined && others.length === 0) return one.id;
  throw new CliError(
    one === undefined ? `There is no debug session ${given}.` : `Several debug sessions start with ${given}.`,
    { remedy: 'To list them: deskpod debug ls' },
  );
}

/** The machine's own administrator has no desktop, so that sessions of all users are meant. */
async function defaultOwner(client: Client): Promise<'*' | undefined> {
  const { user } = await client.session.current();
  return user.provider === 'local' && user.roles.includes('admin') ? '*' : undefined;
}

function row(one: DebugSession): string[] {
  const target = one.launchId ?? one.desktopId;
  return [one.id, one.kind, one.by.id, target, one.profile ?? '', stateOf(one), one.askedAt, one.reason];
}

function stateOf({ status }: DebugSession): string {
  if (status.state !== 'ended') return status.state;
  return status.exitCode === null ? status.reason : `${status.reason} (${status.exitCode})`;
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('Enter a number greater than 0.');
}
