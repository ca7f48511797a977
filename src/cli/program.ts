/** The `deskpod` command: its subcommands and its exit code. */
import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { appsCommand } from './commands/apps.ts';
import { debugCommand } from './commands/debug.ts';
import { desktopsCommand } from './commands/desktops.ts';
import { execCommand } from './commands/exec.ts';
import { imagesCommand } from './commands/images.ts';
import { describeCommand, inspectCommand, supportCommand } from './commands/inspect.ts';
import { launchesCommand, runCommand, stopCommand } from './commands/launches.ts';
import { logsCommand } from './commands/logs.ts';
import { debugSessionsCommand } from './commands/debug-sessions.ts';
import { limitsCommand } from './commands/limits.ts';
import { loginCommand, logoutCommand } from './commands/session.ts';
import { usersCommand } from './commands/users.ts';
import { printableText } from '#protocol/printable.ts';
import { EXIT, failureText } from './failure.ts';
import { note, say, sayJson } from './io.ts';
import type { Io } from './io.ts';
import { withFolders, withServeOptions } from './serve-options.ts';
import type { ServeOptions } from './serve-options.ts';
import type { UninstallOptions } from './start.ts';

const WIDTH = 100;

/** Runs one command line (without program and script) and returns the exit code. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = build(io, (code) => (exitCode = code));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    const failure = failureText(error);
    if (failure.text !== '') note(io, `deskpod: ${failure.text}`);
    return failure.exitCode;
  }
}

function build(io: Io, ended: (exitCode: number) => void): Command {
  const program = new Command('deskpod')
    .description('A desktop in the browser whose applications run in containers of their own')
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .configureHelp({ helpWidth: WIDTH, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(printableText(text)),
      outputError: (text, write) => write(text.replace(/^error: /, 'deskpod: ')),
      getOutHelpWidth: () => WIDTH,
      getErrHelpWidth: () => WIDTH,
    })
    .showHelpAfterError('Run deskpod --help, or add --help to a command.')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride();

  program.commandsGroup('Server:');
  serverCommands(program, io);
  usersCommand(program.command('users').description('manage local users'), io);

  program.commandsGroup('Apps and desktops:');
  appsCommand(program.command('apps').description('manage the app catalogue'), io);
  desktopsCommand(program.command('desktops').description('list and remove desktops; rebuild your own'), io);
  launchesCommand(program.command('launches').description('list running and finished launches'), io);
  runCommand(program.command('run'), io, ended);
  logsCommand(program.command('logs'), io);
  execCommand(program.command('exec'), io, ended);
  stopCommand(program.command('stop'), io);
  limitsCommand(program.command('limits'), io);

  program.commandsGroup('Debugging:');
  const debug = program.command('debug');
  debugCommand(debug, io, ended);
  debugSessionsCommand(debug, io);
  inspectCommand(program.command('inspect'), io);
  describeCommand(program.command('describe'), io);
  supportCommand(program.command('support'), io);

  program.commandsGroup('This command:');
  loginCommand(program.command('login'), io);
  logoutCommand(program.command('logout'), io);
  program
    .command('version')
    .description('print the version')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) =>
      json ? sayJson(io, { version: packageJson.version, node: process.version }) : say(io, packageJson.version),
    );

  inherit(program);
  return program;
}

/** Their code is loaded on demand, so that other commands start fast. */
function serverCommands(program: Command, io: Io): void {
  withServeOptions(program.command('start').description('set up this machine, then run the server')).action(
    async (options: ServeOptions) => await (await import('./start.ts')).start(io, options),
  );
  withServeOptions(
    program.command('serve').description('run the server on a machine or in a cluster that is set up'),
  ).action(async (options: ServeOptions) => await (await import('./start.ts')).serveUntilStopped(io, options));
  withServeOptions(
    program.command('engine').description('set up this machine, then run containers for a server process without root'),
  ).action(async (options: ServeOptions) => await (await import('./start.ts')).runEngine(io, options));
  imagesCommand(program.command('images'), io);
  withFolders(
    program
      .command('uninstall')
      .description('remove Deskpod’s containers, images and data; asks before it deletes homes'),
  )
    .option('--dry-run', 'only list what would be removed')
    .option('-y, --yes', 'skip the confirmation, except for homes')
    .option('--homes', 'keep homes without asking')
    .option('--no-homes', 'delete homes without asking')
    .action(async (options: UninstallOptions) => await (await import('./start.ts')).removeEverything(io, options));
  program
    .command('database-secret', { hidden: true })
    .description('in a cluster: create the database password if it is missing')
    .action(async () => await (await import('./start.ts')).makeDatabaseSecret(io));
}

/** Commander applies settings only to commands created afterwards; usage errors of all commands must throw. */
function inherit(program: Command): void {
  for (const command of program.commands) {
    command.copyInheritedSettings(program).helpCommand(false);
    inherit(command);
  }
}
