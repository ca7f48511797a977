/** `deskpod looks`: who looks inside what, agreeing and declining, ending, and playing what was recorded. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { Client } from '#client/client.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { pauses, readRecording, shownSoFar } from '../asciicast.ts';
import { connect, withConnection } from '../connection.ts';
import { CliError } from '../failure.ts';
import { say, sayJson, sayTable } from '../io.ts';
import type { Io } from '../io.ts';
import type { Wanted } from '../login.ts';

const SESSION = 'id of the look, or the beginning of it';
const IDLE_SECONDS = 2;

export function looksCommand(looks: Command, io: Io): void {
  withConnection(looks.command('list').description('list looks by you and into what is yours, newest first'))
    .option('--user <id>', 'into this user’s desktop; * means everybody’s (support and administrators)')
    .option('--open', 'only those that wait or go on')
    .option('--json', 'as JSON')
    .action(async ({ user, open, json, ...wanted }: Wanted & { user?: string; open?: true; json?: true }) => {
      const { client } = await connect(io, wanted);
      const whose = user ?? (await machinesOwn(client));
      const list = await client.debug.list(
        { ...(whose === undefined ? {} : { user: whose }), ...(open === undefined ? {} : { open }) },
        io.interrupted,
      );
      if (json) return sayJson(io, list);
      return sayTable(io, ['ID', 'KIND', 'BY', 'INTO', 'PROFILE', 'STATE', 'ASKED', 'REASON'], list.map(row));
    });

  act(looks, io, 'agree', 'agree that somebody looks into your desktop', (client, id) => client.debug.answer(id, true));
  act(looks, io, 'decline', 'refuse a look: into your desktop, or as an administrator', async (client, id) => {
    const { user } = await client.session.current();
    const { userId } = await client.debug.get(id);
    return userId === user.id ? await client.debug.answer(id, false) : await client.debug.approve(id, false);
  });
  act(looks, io, 'approve', 'allow a look whose person does not answer (administrators)', (client, id) =>
    client.debug.approve(id, true),
  );
  act(looks, io, 'extend', 'begin the time to live of a look anew', (client, id) => client.debug.extend(id));
  act(looks, io, 'end', 'end a look with its toolbox or copy', (client, id) => client.debug.end(id));
  act(looks, io, 'seen', 'say that you know of a look into your desktop', async (client, id) => {
    await client.debug.seen(id);
    return await client.debug.get(id);
  });
  playCommand(looks, io);
}

/** One verb of a session; says in which state it is then. */
function act(
  looks: Command,
  io: Io,
  verb: string,
  description: string,
  change: (client: Client, id: string) => Promise<DebugSession>,
): void {
  withConnection(looks.command(verb).description(description))
    .argument('<session>', SESSION)
    .action(async (session: string, wanted: Wanted) => {
      const { client } = await connect(io, wanted);
      const changed = await change(client, await sessionOf(client, session));
      say(io, `${changed.id}  ${stateOf(changed)}`);
    });
}

function playCommand(looks: Command, io: Io): void {
  withConnection(looks.command('play').description('play what a look showed; Ctrl-C ends it'))
    .argument('<session>', SESSION)
    .option('--speed <factor>', 'times as fast', positive, 1)
    .option('--idle <seconds>', 'no pause is longer', positive, IDLE_SECONDS)
    .option('--raw', 'print the recording itself (asciicast version 2)')
    .action(async (session: string, { speed, idle, raw, ...wanted }: Wanted & PlayOptions) => {
      const { client } = await connect(io, wanted);
      const text = await client.debug.transcript(await sessionOf(client, session), io.interrupted);
      if (raw) io.stdout.write(text);
      else if (io.stdout.isTTY === true) await play(io, text, { speed, idle });
      else io.stdout.write(shownSoFar(text));
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
    io.stderr.write(`deskpod: it was recorded in ${recording.columns} columns and ${recording.rows} rows.\n`);
  const waits = pauses(recording, pace);
  try {
    for (const [index, { text: output }] of recording.shown.entries()) {
      await delay(waits[index], undefined, { signal: io.interrupted });
      io.stdout.write(output);
    }
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
  }
  // Colours and modes that the recording left set are not the reader's; a full reset would take what is on the screen.
  io.stdout.write('\u001b[0m\u001b[?1049l\u001b[?25h\n');
}

/** The first letters are enough when they are of one look only. */
async function sessionOf(client: Client, given: string): Promise<string> {
  if (given.length >= 36) return given;
  const user = await machinesOwn(client);
  const all = await client.debug.list(user === undefined ? {} : { user });
  const [one, ...others] = all.filter(({ id }) => id.startsWith(given));
  if (one !== undefined && others.length === 0) return one.id;
  throw new CliError(one === undefined ? `There is no look ${given}.` : `Several looks begin with ${given}.`, {
    remedy: 'deskpod looks list shows them.',
  });
}

/** The administrator of a machine has no desktop: everybody's are what they can mean. */
async function machinesOwn(client: Client): Promise<'*' | undefined> {
  const { user } = await client.session.current();
  return user.provider === 'local' && user.roles.includes('admin') ? '*' : undefined;
}

function row(one: DebugSession): string[] {
  const into = one.launchId ?? one.desktopId;
  return [one.id, one.kind, one.by.id, into, one.profile ?? '', stateOf(one), one.askedAt, one.reason];
}

function stateOf({ status }: DebugSession): string {
  if (status.state !== 'ended') return status.state;
  return status.exitCode === null ? status.reason : `${status.reason} (${status.exitCode})`;
}

function positive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('Say a number above 0.');
}
