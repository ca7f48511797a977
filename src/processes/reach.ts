/**
 * Running a program of this checkout as another user. The checkout may be below a folder that only its owner can enter,
 * such as /root: the program gets a mount namespace of its own, in which the checkout is mounted at another place.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import type { SystemAccount } from './account.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;

/** A command line that runs another one with `from` mounted at `to`; `to` must be a folder. No program gains privileges. */
export function withMount(from: string, to: string, command: readonly string[]): [program: string, args: string[]] {
  const script = 'mount --rbind -- "$1" "$2" && shift 2 && exec setpriv --no-new-privs -- "$@"';
  return ['unshare', ['--mount', '--propagation', 'slave', '--', 'sh', '-c', script, 'sh', from, to, ...command]];
}

/** Which access to a path somebody needs: `r` to read it, `w` to write, `x` to enter a folder. */
export interface Access {
  readonly path: string;
  readonly mode: 'r' | 'w' | 'x';
}

/** Those which the user doesn't have, seen from inside {@link withMount}. Rejects if that can't be tried here. */
export async function missingAccess(
  { uid, gid }: SystemAccount,
  mount: { readonly from: string; readonly to: string },
  wanted: readonly Access[],
): Promise<Access[]> {
  const script = 'while [ $# -gt 0 ]; do if test "-$1" "$2"; then echo yes; else echo no; fi; shift 2; done';
  const pairs = wanted.flatMap(({ path, mode }) => [mode, path]);
  const test = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', 'sh', '-c', script, 'sh'];
  const [program, args] = withMount(mount.from, mount.to, [...test, ...pairs]);
  const { stdout } = await run(program, args, { timeout: TIMEOUT_MS }).catch((cause: unknown) => {
    const reason = messageOf(cause).trim().split('\n').at(-1) ?? '';
    throw new DeskpodError('internal_error', `This machine doesn't permit a mount namespace: ${reason}`, { cause });
  });
  const answers = stdout.trim().split('\n');
  return wanted.filter((_, index) => answers[index] !== 'yes');
}
