/** The prompt of the toolbox's shell (images/toolbox/bashrc), ready for what is typed. */
import { stripVTControlCharacters } from 'node:util';

export const PROMPT = /toolbox:[^\r\n]*[$#] $/;

/** Without what sets colours and modes. */
export function visible(text: string): string {
  return stripVTControlCharacters(text);
}
