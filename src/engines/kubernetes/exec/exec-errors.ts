/** Maps what runtimes print when a command cannot start to one error. Pure. */
import { DeskpodError } from '#domain/errors.ts';
import type { End } from './channel-stream.ts';

/** `exec: "bash": executable file not found in $PATH` (runc), ``executable file `bash` not found`` (crun). */
const MISSING = [
  /exec: "(?<program>[^"]*)": (?:executable file not found|stat |.*no such file or directory)/i,
  /executable file [`'"](?<program>[^`'"]*)[`'"] not found/i,
  /open executable: no such file or directory/i,
];
const REFUSED = [/exec: "[^"]*": (?:permission denied|is a directory)/i, /open executable: permission denied/i];
const BY_ENV = /^env: .*No such file/i;
const REFUSED_BY_ENV = /^env: .*(?:Permission denied|Is a directory)/i;
const NOT_FOUND = new Set([126, 127]);
const ENV = '/usr/bin/env';

/** Null when it ran, whatever the result. `head` is the start of its output. */
export function toExecError(command: readonly string[], { exitCode, refusal }: End, head: string): DeskpodError | null {
  const [program = ''] = command;
  if (exitCode !== null && NOT_FOUND.has(exitCode)) {
    if (BY_ENV.test(head)) return noSuchProgram(program);
    if (REFUSED_BY_ENV.test(head)) return notExecutable(program);
  }
  if (refusal === null) return null;
  if (MISSING.some((words) => words.test(refusal))) return noSuchProgram(program);
  if (REFUSED.some((words) => words.test(refusal))) return notExecutable(program);
  const [, why = refusal] =
    /(?:exec failed|failed to exec in container): (?:.*exec failed: )?(.*)$/s.exec(refusal) ?? [];
  return new DeskpodError('conflict', `${program} could not be started there: ${why}`);
}

/** Whether `env`, which sets the variables, is missing, and not the program. */
export function lacksEnv({ refusal }: End): boolean {
  return refusal !== null && MISSING.some((words) => words.exec(refusal)?.groups?.['program'] === ENV);
}

/** Whether the output says that `env` found no `sh`. */
export function lacksShell(head: string): boolean {
  return /^env: .*\bsh\b.*No such file/i.test(head);
}

function noSuchProgram(program: string): DeskpodError {
  return new DeskpodError('no_such_program', `Its image has no program ${program}.`, {
    remedy: 'Start a toolbox beside it, which brings its own programs.',
  });
}

function notExecutable(program: string): DeskpodError {
  return new DeskpodError('not_executable', `${program} cannot be executed there: permission denied.`);
}
