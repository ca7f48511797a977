/** The entry point of `deskpod`: streams, Ctrl-C and the exit code. */
import { homedir } from 'node:os';
import { run } from './program.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // A second Ctrl-C doesn't wait for cleanup.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error('Interrupted.'));
  });
}
// A closed pipe (`| head`) is not an error.
for (const output of [process.stdout, process.stderr])
  output.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  interrupted: interruption.signal,
  home: homedir(),
});
