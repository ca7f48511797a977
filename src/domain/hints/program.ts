/** Programs that could not begin: wrong machine, missing parts, not there, not allowed. */
import { failed, textOf } from './failure.ts';
import type { Failure, HintRule } from './failure.ts';

const FORMAT = /exec(?:ve)?\b[^\n]{0,200}format error|cannot execute binary file|Exec format error/i;
const LIBRARY =
  /error while loading shared libraries: ([^:\s]+)|Error loading shared library ([^:\s]+)|cannot open shared object file/;
const SYMBOLS =
  /version [`'"](GLIBC(?:XX)?_[\d.]+)['"] not found|symbol lookup error|Error relocating [^\n]*symbol not found/;
const NOT_FOUND =
  /executable file ["'`]?[^"'`\s]*["'`]? ?not found|exec: ["'`]?([^"'`:\s]+)["'`]?: (?:not found|no such file)|^\S+(?:: line)?:? ?\d*:? ?([\w./-]+): (?:command )?not found$|(?:stat|exec(?:ve|vp)?|crun:|runc:)[^\n]{0,120}no such file or directory/im;
const DENIED = /exec[^\n]{0,160}permission denied|: Permission denied$/im;

function words(title: string, explanation: string) {
  return { title, explanation, remedies: [] };
}

function startFailed({ reason, exitCode }: Failure): boolean {
  return reason === 'start_failed' || exitCode === null;
}

export const PROGRAM: readonly HintRule[] = [
  {
    id: 'exec-format-error',
    recognise: (failure) => {
      if (!FORMAT.test(textOf(failure))) return null;
      const built = failure.architecture ? `for ${failure.architecture}` : 'for another processor';
      return words(
        'The image is made for another processor',
        `The kernel cannot run this program: ${failure.image} is built ${built}, or its start script lacks the first line (#!/bin/sh). Register the image for this machine’s architecture (uname -m).`,
      );
    },
  },
  {
    id: 'missing-library',
    recognise: (failure) => {
      const text = textOf(failure);
      const library = LIBRARY.exec(text);
      const symbols = SYMBOLS.exec(text);
      if (library === null && symbols === null) return null;
      const name = library?.[1] ?? library?.[2] ?? symbols?.[1] ?? 'a shared library';
      return words(
        'The image lacks a library',
        `The program needs ${name}, which is not in ${failure.image} or is too old there. Nothing outside the image can help: install the package that has it when the image is built (ldd shows all that is missing).`,
      );
    },
  },
  {
    id: 'command-not-found',
    recognise: (failure) => {
      const text = textOf(failure);
      const match = startFailed(failure) || failure.exitCode === 127 ? NOT_FOUND.exec(text) : null;
      if (match === null && !(failed(failure) && failure.exitCode === 127 && !LIBRARY.test(text))) return null;
      const name = match?.[1] ?? match?.[2];
      return words(
        'The program is not in the image',
        `${name === undefined ? 'What should be started' : `“${name}”`} was not found in ${failure.image} (exit code 127). Check the image’s command and the label oc.path; an interpreter named in a script’s first line counts too.`,
      );
    },
  },
  {
    id: 'command-not-executable',
    recognise: (failure) => {
      const denied = (startFailed(failure) || failure.exitCode === 126) && DENIED.test(textOf(failure));
      if (!denied && !(failed(failure) && failure.exitCode === 126)) return null;
      return words(
        'The program may not be run',
        `It is in ${failure.image} but cannot be executed (exit code 126): it lacks the x permission for others, is a folder, or lies on a file system without execution. Apps run as the desktop’s user, never as root.`,
      );
    },
  },
];
