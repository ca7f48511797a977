/** `exec` of an engine, on this machine in a folder that is the home: for tests of commands without containers. */
import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { ExecSession, ExecSpec, Target } from '#domain/ports/engine-launch.ts';

export function localExec(home: string) {
  return {
    async exec(_target: Target, { command }: ExecSpec, signal: AbortSignal): Promise<ExecSession> {
      signal.throwIfAborted();
      const child = spawn(command[0] ?? '', command.slice(1), {
        env: { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8' },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const { promise: exitCode, resolve } = Promise.withResolvers<number | null>();
      child.once('close', resolve);
      const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
      stream.on('error', () => undefined);
      // A command exits by itself after its output was read to the end.
      stream.once('close', () => stream.readableEnded || child.kill());
      return { stream, stderr: null, resize: async () => {}, exitCode };
    },
  };
}
