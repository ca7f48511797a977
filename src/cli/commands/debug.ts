/** `deskpod debug`: a toolbox beside a launch or desktop, a copy of a launch, or joining what somebody has opened. */
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Client } from '#client/client.ts';
import { DebugProfile } from '#protocol/debug.ts';
import type { DebugSession } from '#protocol/debug.ts';
import { connect, withConnection } from '../connection.ts';
import type { Connection } from '../connection.ts';
import { untilAllowed } from '../debug-waiting.ts';
import { EXIT } from '../failure.ts';
import { clock, say, sayJson } from '../io.ts';
import type { Io } from '../io.ts';
import { PLACE_HELP } from '../target.ts';
import { shownSoFar } from '../asciicast.ts';
import { shareTerminal } from '../lasting-terminal.ts';
import { variable } from '../variable.ts';
import { sayOffer } from './debug-offer.ts';
import { readWish, yesOrNo } from './debug-wish.ts';
import type { DebugOptions, DebugWish } from './debug-wish.ts';
import { needTerminalFor } from './exec.ts';

const EXAMPLES = `
Examples:
  deskpod debug hermes-app-2048-qt-4dd6f -it           a shell beside the app, in its files
  deskpod debug - --profile restricted -it -- top      a command beside your desktop
  deskpod debug LAUNCH --copy-to -it -- sleep infinity the app again with another command
  deskpod debug --attach SESSION                       join a look that goes on (deskpod looks list)

In a toolbox’s terminal, Enter ~ . leaves it running; exit ends it. What is somebody else’s needs --reason.`;

/** `ended` is told the exit code of what ran in the terminal, which becomes this program's. */
export function debugCommand(debug: Command, io: Io, ended: (exitCode: number) => void): void {
  withConnection(debug.description('look into what runs: put a toolbox beside it, copy it, or join a look'))
    .argument('[launch]', PLACE_HELP)
    .argument('[command...]', 'to run there instead of a shell, after --')
    .option('-i, --interactive', 'attach, and pass standard input on')
    .option('-t, --tty', 'attach with the keys and the size of this terminal')
    .option('--reason <text>', 'why; needed for somebody else’s, who is asked or told')
    .addOption(
      new Option('-e, --env <name=value>', 'variable for the toolbox or copy, may be repeated')
        .argParser(variable)
        .default({}, 'none'),
    )
    .option('--image <image>', 'of the toolbox, from the allowed ones; with --copy-to as --set-image')
    .option('--plain', 'exactly what kubectl debug adds: no mounts, user and first line of ours')
    .option('--target <container>', 'this container of the desktop instead of the launch’s own')
    .option('--container <name>', 'name of the toolbox (default: debugger-xxxxx)')
    .addOption(
      new Option('--profile <profile>', 'rights of the toolbox (default: the widest you may have there)').choices(
        DebugProfile.options,
      ),
    )
    .option('--custom <file>', 'partial container spec in YAML or JSON; for administrators')
    .option('--copy-to [name]', 'make a copy that runs beside the desktop; the original is never touched')
    .option('--set-image <image>', 'of the copy')
    .option('--share-processes [yes]', 'whether containers of the copy see each other’s processes', yesOrNo, true)
    .option('--same-node', 'the copy runs on the original’s node and no other')
    .option('--attach <session>', 'join a look that goes on')
    .option('--offer', 'do nothing, say what you may have there: profiles, images, containers')
    .option('--json', 'print the session as JSON instead of the toolbox’s name')
    .addHelpText('after', EXAMPLES)
    .action(async (place: string | undefined, command: string[], options: DebugOptions) => {
      const wish = await readWish(place, command, options);
      needTerminalFor(io, options.tty);
      const connection = await connect(io, options);
      if (wish.kind === 'offer') return sayOffer(io, await connection.client.debug.offer(wish.target, io.interrupted));
      const session = await begun(io, connection.client, wish);
      if (options.json) return sayJson(io, session);
      const attached = options.tty ?? options.interactive ?? wish.kind === 'attach';
      if (!attached) return say(io, session.name ?? session.id);
      return ended(await attach(io, connection, session, options));
    });
}

async function begun(io: Io, client: Client, wish: Exclude<DebugWish, { kind: 'offer' }>): Promise<DebugSession> {
  if (wish.kind === 'attach') return await untilAllowed(io, client, await client.debug.get(wish.session));
  const asked = wish.kind === 'copy' ? await client.debug.copy(wish.request) : await client.debug.toolbox(wish.request);
  return await untilAllowed(io, client, asked);
}

/** Input goes along when it was asked for, or when there is a terminal to join with. */
async function attach(io: Io, connection: Connection, session: DebugSession, options: DebugOptions): Promise<number> {
  if (session.status.state === 'ended') return await shown(io, connection.client, session);
  const joined = options.tty === undefined && options.interactive === undefined;
  const tty = options.tty ?? (joined && io.stdin.isTTY === true);
  io.stderr.write(`${introduction(session)}${tty ? ' Enter ~ . leaves it.' : ''}\n`);
  const end = await shareTerminal(io, connection.login, session.id, tty);
  // A copy's terminal is a shell beside its program, which does not end with it.
  const goesOn = end === 'left' || session.kind === 'copy';
  const more = `Back: deskpod debug --attach ${session.id}  End: deskpod looks end ${session.id}`;
  if (goesOn) io.stderr.write(`${tty ? '\n' : ''}deskpod: it goes on. ${more}\n`);
  return end === 'left' ? EXIT.done : end;
}

/** A command may be over before anybody could attach: what it printed is in the recording. */
async function shown(io: Io, client: Client, { id, status, transcript }: DebugSession): Promise<number> {
  if (transcript) io.stdout.write(shownSoFar(await client.debug.transcript(id, io.interrupted)));
  const exitCode = status.state === 'ended' ? status.exitCode : null;
  io.stderr.write(`deskpod: it has ended${exitCode === null ? '' : ` with exit code ${exitCode}`}.\n`);
  return exitCode ?? EXIT.failed;
}

function introduction({ kind, name, launchId, desktopId, profile, reused, status }: DebugSession): string {
  const what = kind === 'copy' ? `Copy ${name ?? ''} of` : `${reused ? 'The toolbox' : 'Toolbox'} ${name ?? ''} beside`;
  const rights = profile === null ? '' : `, profile ${profile}`;
  const again = reused ? ', which was there already' : '';
  const until = status.state === 'running' ? `, until ${clock(status.endsAt)}` : '';
  return `${what} ${launchId ?? desktopId}${again}${rights}${until}.`;
}
