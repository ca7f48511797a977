/** `deskpod debug`: starts a toolbox or a copy, or attaches to an existing debug session. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Client } from '#client/client.ts';
import { ApiError } from '#client/errors.ts';
import { DebugProfile } from '#protocol/debug.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { connect, withConnection } from '../connection.ts';
import type { Connection } from '../connection.ts';
import { waitUntilStarted } from '../debug-waiting.ts';
import { EXIT } from '../failure.ts';
import { clock, note, say, sayJson } from '../io.ts';
import type { Io } from '../io.ts';
import { TARGET_HELP } from '../target.ts';
import { recordedOutput } from '../asciicast.ts';
import { shareTerminal } from '../lasting-terminal.ts';
import type { TerminalEnd } from '../terminal-connection.ts';
import { variable } from '../variable.ts';
import { sayOffer } from './debug-offer.ts';
import { readRequest, yesOrNo } from './debug-request.ts';
import type { DebugOptions, DebugRequest } from './debug-request.ts';
import { requireTerminal } from './exec.ts';

const EXAMPLES = `
Examples:
  deskpod debug hermes-app-2048-qt-4dd6f -it            start a toolbox with a shell next to the app
  deskpod debug - --profile restricted -it -- top       run a command next to your desktop
  deskpod debug LAUNCH --copy-to -it -- sleep infinity  start a copy of the app with another command
  deskpod debug --attach SESSION                        attach to an existing session

In a toolbox’s terminal, Enter ~ . detaches; exit ends the session.
Debugging other users’ launches requires --reason.
For a launch that is named like a command above, write launch:NAME.`;

/** `ended` receives the exit code of the terminal's command, which becomes this program's. */
export function debugCommand(debug: Command, io: Io, ended: (exitCode: number) => void): void {
  withConnection(debug.description('debug a launch or desktop: start a toolbox or a copy, or manage debug sessions'))
    .usage(
      '[options] [launch] [-- command...]\n       deskpod debug <ls|approve|deny|extend|end|acknowledge|play> [options]',
    )
    .argument('[launch]', TARGET_HELP)
    .argument('[command...]', 'command to run instead of a shell, after --')
    .option('-i, --interactive', 'attach to the terminal and forward standard input')
    .option('-t, --tty', 'attach with a terminal')
    .option('--reason <text>', 'why you debug; required for other users’ launches and shown to their owner')
    .addOption(
      new Option('-e, --env <name=value>', 'environment variable of the toolbox or copy; repeatable')
        .argParser(variable)
        .default({}, 'none'),
    )
    .option('--image <image>', 'image of the toolbox, from the allowed images; with --copy-to: same as --set-image')
    .option('--plain', 'exactly like kubectl debug: without Deskpod’s mounts, user and greeting')
    .option('--target <container>', 'target another container of the desktop')
    .option('--container <name>', 'name of the toolbox (default: debugger-xxxxx)')
    .addOption(
      new Option('--profile <profile>', 'security profile of the toolbox (default: the widest one available)').choices(
        DebugProfile.options,
      ),
    )
    .option(
      '--custom <file>',
      'partial container spec (YAML or JSON); for administrators, if debug.profiles permits it',
    )
    .option('--copy-to [name]', 'start a copy in a pod of its own; the original keeps running')
    .option('--set-image <image>', 'image of the copy')
    .option('--share-processes [yes]', 'share one process namespace among the copy’s containers', yesOrNo, true)
    .option('--same-node', 'schedule the copy on the node of the original')
    .option('--attach <session>', 'attach to an existing session')
    .option('--offer', 'only list the available profiles, images and targets')
    .option('--json', 'print the session as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (target: string | undefined, command: string[], options: DebugOptions) => {
      const request = await readRequest(target, command, options);
      requireTerminal(io, options.tty);
      const connection = await connect(io, options);
      if (request.kind === 'offer')
        return sayOffer(io, await connection.client.debug.offer(request.target, io.interrupted));
      const session = await start(io, connection.client, request);
      if (options.json) return sayJson(io, session);
      const attached = options.tty ?? options.interactive ?? request.kind === 'attach';
      if (!attached) return say(io, session.name ?? session.id);
      return ended(await attach(io, connection, session, options));
    });
}

async function start(io: Io, client: Client, request: Exclude<DebugRequest, { kind: 'offer' }>): Promise<DebugSession> {
  if (request.kind === 'attach') return await waitUntilStarted(io, client, await client.debug.get(request.session));
  const session =
    request.kind === 'copy' ? await client.debug.copy(request.request) : await client.debug.toolbox(request.request);
  return await waitUntilStarted(io, client, session);
}

/** Without -i and -t, the terminal is used if standard input is one. */
async function attach(io: Io, connection: Connection, session: DebugSession, options: DebugOptions): Promise<number> {
  if (session.status.state === 'ended') return await replay(io, connection.client, session);
  const implicit = options.tty === undefined && options.interactive === undefined;
  const tty = options.tty ?? (implicit && io.stdin.isTTY === true);
  note(io, `${introduction(session)}${tty ? ' Enter ~ . detaches.' : ''}`);
  const end = await share(io, connection, session, tty);
  if (typeof end !== 'number' && end !== 'detached') return await replay(io, connection.client, end);
  // A copy's terminal is a shell beside its program, which outlives the shell.
  const isOpen = end === 'detached' || session.kind === 'copy';
  const more = `Attach: deskpod debug --attach ${session.id}  End: deskpod debug end ${session.id}`;
  if (isOpen) note(io, `${tty ? '\n' : ''}deskpod: The session is still open. ${more}`);
  return end === 'detached' ? EXIT.done : end;
}

/** How the terminal ended; the session itself if it had ended before the terminal opened. */
async function share(
  io: Io,
  { client, login }: Connection,
  { id }: DebugSession,
  tty: boolean,
): Promise<TerminalEnd | DebugSession> {
  try {
    return await shareTerminal(io, login, id, tty);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'conflict') throw error;
    const now = await client.debug.get(id);
    if (now.status.state !== 'ended') throw error;
    return now;
  }
}

/** Prints the recording of a command that ended before the terminal opened. */
async function replay(io: Io, client: Client, { id, kind, status, transcript }: DebugSession): Promise<number> {
  if (transcript) io.stdout.write(recordedOutput(await client.debug.transcript(id, io.interrupted)));
  const exitCode = status.state === 'ended' ? status.exitCode : null;
  const how = `The session ended${exitCode === null ? '' : ` with exit code ${exitCode}`}.`;
  const message = kind === 'copy' && status.state === 'ended' ? status.message : null;
  note(io, `deskpod: ${message ?? how}`);
  return exitCode ?? EXIT.failed;
}

function introduction({ kind, name, launchId, desktopId, profile, reused, status }: DebugSession): string {
  const what =
    kind === 'copy' ? `Copy ${name ?? ''} of` : `${reused ? 'Existing toolbox' : 'Toolbox'} ${name ?? ''} on`;
  const rights = profile === null ? '' : `, profile ${profile}`;
  const until = status.state === 'running' ? `, until ${clock(status.endsAt)}` : '';
  return `${what} ${launchId ?? desktopId}${rights}${until}.`;
}
