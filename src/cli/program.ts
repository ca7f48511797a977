/** The `deskpod` command: which commands there are, and how each ends. */
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { appsCommand } from './commands/apps.ts';
import { debugCommand } from './commands/debug.ts';
import { desktopsCommand } from './commands/desktops.ts';
import { execCommand } from './commands/exec.ts';
import { describeCommand, insideCommand, supportCommand } from './commands/inside.ts';
import { launchesCommand, logsCommand, runCommand, stopCommand } from './commands/launches.ts';
import { looksCommand } from './commands/looks.ts';
import { loginCommand, logoutCommand } from './commands/session.ts';
import { usersCommand } from './commands/users.ts';
import { EXIT, tell } from './failure.ts';
import { say, sayJson } from './io.ts';
import type { Io } from './io.ts';
import { withPlaces, withServeOptions } from './serve-options.ts';
import type { ServeOptions } from './serve-options.ts';
import type { ImagesOptions, UninstallWishes } from './start.ts';

const WIDTH = 100;

/** Runs one command line (without program and script) and answers the exit code: 0 done, 1 failed, 2 asked wrongly. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = build(io, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    const told = tell(error);
    if (told.text !== '') io.stderr.write(`deskpod: ${told.text}\n`);
    return told.exitCode;
  }
}

function build(io: Io, ended: (exitCode: number) => void): Command {
  const program = new Command('deskpod')
    .description('A desktop in the browser whose applications are containers of their own')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureHelp({ helpWidth: WIDTH, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'deskpod: ')),
      getOutHelpWidth: () => WIDTH,
      getErrHelpWidth: () => WIDTH,
    })
    .showHelpAfterError('Say deskpod --help, or add --help to a command.')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride();

  program.commandsGroup('Server:');
  serverCommands(program, io);
  usersCommand(program.command('users').description('logins that this installation keeps itself'), io);

  program.commandsGroup('Apps and desktops:');
  appsCommand(program.command('apps').description('the catalogue'), io);
  desktopsCommand(program.command('desktops').description('desktops of all users'), io);
  launchesCommand(program.command('launches').description('running and finished instances of apps'), io);
  runCommand(program.command('run'), io);
  logsCommand(program.command('logs'), io);
  execCommand(program.command('exec'), io, ended);
  stopCommand(program.command('stop'), io);

  program.commandsGroup('Looking inside:');
  debugCommand(program.command('debug'), io, ended);
  looksCommand(program.command('looks').description('who looks inside what, and whether they may'), io);
  insideCommand(program.command('inside'), io);
  describeCommand(program.command('describe'), io);
  supportCommand(program.command('support'), io);

  program.commandsGroup('This command:');
  loginCommand(program.command('login'), io);
  logoutCommand(program.command('logout'), io);
  program
    .command('version')
    .description('print the version')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: true }) =>
      json ? sayJson(io, { version: packageJson.version, node: process.version }) : say(io, packageJson.version),
    );

  inherit(program);
  return program;
}

/** Their code is loaded when one of them is given: the others are there at once. */
function serverCommands(program: Command, io: Io): void {
  withServeOptions(program.command('start').description('set up what is missing, then run the server')).action(
    async (options: ServeOptions) => await (await import('./start.ts')).start(io, options),
  );
  withServeOptions(
    program.command('serve').description('run the server; everything it needs is set up already'),
  ).action(async (options: ServeOptions) => await (await import('./start.ts')).serveUntilStopped(io, options));
  withPlaces(program.command('images').description('build the images; push them to a registry or save them to a file'))
    .option('--push <registry>', 'where to, for example registry.example:5000/deskpod')
    .option('--save <file>', 'one archive of all, for machines without a network')
    .option('--tag <tag>', 'tag of what is pushed or saved (default: 1)')
    .option('--only <name...>', 'these images; all that are run when left out')
    .option('--list', 'only print which there are')
    .option('--insecure', 'the registry speaks plain HTTP or has a certificate of its own (loopback: always)')
    .action(async (options: ImagesOptions) => await (await import('./start.ts')).deliverImages(io, options));
  withPlaces(
    program.command('uninstall').description('remove containers, images and data; asks before it touches homes'),
  )
    .option('-y, --yes', 'do not ask whether to begin; homes are asked about all the same')
    .option('--homes', 'keep homes without asking')
    .option('--no-homes', 'delete homes without asking')
    .action(async (options: UninstallWishes) => await (await import('./start.ts')).removeEverything(io, options));
  program
    .command('database-secret', { hidden: true })
    .description('in a cluster: make the password of the database unless there is one')
    .action(async () => await (await import('./start.ts')).makeDatabaseSecret(io));
}

/** Commander gives these to commands made later only; asking wrongly must end in one place whatever was asked. */
function inherit(program: Command): void {
  for (const command of program.commands) {
    command.copyInheritedSettings(program).helpCommand(false);
    inherit(command);
  }
}
