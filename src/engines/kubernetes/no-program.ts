/** How runtimes tell that a command could not begin, as one error: pure. */
import { DeskpodError } from '#domain/errors.ts';
import type { End } from './channels.ts';

/** `exec: "bash": executable file not found in $PATH` (runc), ``executable file `bash` not found`` (crun). */
const MISSING = [
  /exec: "(?<program>[^"]*)": (?:executable file not found|stat |.*no such file or directory|permission denied|is a directory)/i,
  /executable file [`'"](?<program>[^`'"]*)[`'"] not found/i,
  /open executable: (?:no such file or directory|permission denied)/i,
];
const BY_ENV = /^env: .*(?:No such file|Permission denied)/i;
const NOT_FOUND = new Set([126, 127]);
const ENV = '/usr/bin/env';

/** Null: it ran, whatever came of it. `head`: how its output begins. */
export function notBegun(command: readonly string[], { exitCode, refusal }: End, head: string): DeskpodError | null {
  const [program = ''] = command;
  if (exitCode !== null && NOT_FOUND.has(exitCode) && BY_ENV.test(head)) return noSuchProgram(program);
  if (refusal === null) return null;
  if (MISSING.some((words) => words.test(refusal))) return noSuchProgram(program);
  const [, why = refusal] =
    /(?:exec failed|failed to exec in container): (?:.*exec failed: )?(.*)$/s.exec(refusal) ?? [];
  return new DeskpodError('conflict', `${program} could not be started there: ${why}`);
}

/** Whether what is missing is not the program but `env`, which sets its variables. */
export function lacksEnv({ refusal }: End): boolean {
  return refusal !== null && MISSING.some((words) => words.exec(refusal)?.groups?.['program'] === ENV);
}

function noSuchProgram(program: string): DeskpodError {
  return new DeskpodError('no_such_program', `Its image has no program ${program}.`, {
    remedy: 'Put a toolbox beside it: that brings programs of its own.',
  });
}
