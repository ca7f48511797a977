/** The names of a desktop's shared folders, as its container or pod says them. */
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';

const Names = z.array(z.string()).catch([]);

export function sharedNames(text: string | undefined): string[] {
  return Names.parse(text === undefined ? [] : parseJson(text));
}
