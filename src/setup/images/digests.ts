/**
 * The file of digests: values of the chart (`helm install -f`), which install.sh reads, too. It says what was pushed, so
 * that a cluster runs exactly that, whatever its tag names later.
 */
import { writeFile } from 'node:fs/promises';
import { DeskpodError, messageOf, withPeriod } from '#domain/errors.ts';

export interface PushedImages {
  readonly registry: string;
  readonly tag: string;
  /** By name in the registry. */
  readonly digests: ReadonlyMap<string, string>;
}

export async function writeDigests(file: string, pushed: PushedImages): Promise<void> {
  try {
    await writeFile(file, digestValues(pushed));
  } catch (cause) {
    throw new DeskpodError(
      'internal_error',
      `The images were pushed, but ${file} couldn't be written: ${withPeriod(messageOf(cause))}`,
      { remedy: 'Check that the folder exists, then push again: only the names are sent.', cause },
    );
  }
}

/** One name a line: install.sh has no parser of YAML. Pure. */
export function digestValues({ registry, tag, digests }: PushedImages): string {
  const lines = [...digests].map(([name, digest]) => `    ${name}: ${digest}`).toSorted();
  return [
    '# Digests of pushed images: install.sh --digests FILE, or helm install -f FILE. `npm run images` writes this file.',
    'image:',
    `  registry: ${registry}`,
    `  tag: '${tag}'`,
    '  digests:',
    ...lines,
    '',
  ].join('\n');
}
