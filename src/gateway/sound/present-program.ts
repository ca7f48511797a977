/** What pages show of a program that plays or records. The program chooses its names, so they are cleaned and shortened. */
import { printableLine } from '#protocol/printable.ts';
import { MAX_MACHINE, MAX_TEXT, type RecordingProgram } from '#protocol/sound.ts';
import type { PulseStream } from './pulse-messages.ts';

export function presentProgram({ index, program, title, pid, machine }: PulseStream): RecordingProgram {
  return {
    index,
    program: printableLine(program.slice(0, MAX_TEXT)),
    title: printableLine(title.slice(0, MAX_TEXT)),
    pid,
    machine: machine !== null && machine.length <= MAX_MACHINE ? machine : null,
  };
}
