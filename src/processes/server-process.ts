/** The server process, seen from the engine process that starts it: from its start to its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitAtMost } from '#domain/deadlines.ts';

/** Longer than the server itself takes at most, which then ends with an error. */
const END_TIMEOUT_MS = 30_000;

/** Says to the server process that its engine answers. */
export const ENGINE_READY = { engine: 'ready' } as const;

export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  /** Resolves with the exit code when it ends; 1 if a signal ended it. */
  readonly ended: Promise<number>;

  constructor(program: string, args: readonly string[]) {
    // Its output is this process's. The channel closes when this process is killed, and then the server process ends, too.
    this.#child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    this.ended = once(this.#child, 'exit').then(([code]) => (typeof code === 'number' ? code : 1));
  }

  engineIsReady(): void {
    if (this.#child.connected) this.#child.send(ENGINE_READY);
  }

  /** Lets it finish what it does, as Ctrl-C does; then ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    const code = await waitAtMost(END_TIMEOUT_MS, this.ended, null);
    if (code === null) this.#child.kill('SIGKILL');
    await this.ended;
  }
}
