/** Reads text files in the encodings that editors and shells write. */
import { readFile } from 'node:fs/promises';
import { decodeText, EncodingError } from '#protocol/decode-text.ts';
import { CliError } from './failure.ts';

export async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new CliError(`Can’t read ${file}.`, { cause });
  });
  return textOf(bytes, file);
}

/** `source` names the input in errors. */
export function textOf(bytes: Uint8Array, source: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    if (cause instanceof EncodingError) throw new CliError(`${source}: ${cause.message}`, { cause });
    throw cause;
  }
}
