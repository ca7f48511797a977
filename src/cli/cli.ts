/** Where `deskpod` begins: streams, Ctrl-C and the exit code. */
import { homedir } from 'node:os';
import { run } from './program.ts';

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time is meant: whatever is being tidied up takes too long.
    if (interruption.signal.aborted) process.exit(130);
    interruption.abort(new Error('Interrupted.'));
  });
}
// A reader that left (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdin, stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  interrupted: interruption.signal,
  home: homedir(),
});
