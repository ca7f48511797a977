/**
 * Which files of Downloads aren't new any more, for the next page of this browser and its other windows. Their names only as
 * hashes: others may use the same computer.
 */
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';
import { session } from '../state/store.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { MOST_FILES } from './new-files.ts';

const Stored = z.array(z.string().regex(/^[0-9a-f]{16}$/)).max(3 * MOST_FILES);

/** Null if there are none of this user. What another version has stored may be anything. */
export function readKnown(): ReadonlySet<string> | null {
  const text = readStored('local', key());
  const parsed = text === null ? null : Stored.safeParse(parseJson(text));
  return parsed?.success ? new Set(parsed.data) : null;
}

/** Null forgets them. */
export function keepKnown(known: ReadonlySet<string> | null): void {
  const text = known === null ? null : JSON.stringify([...known]);
  if (text !== readStored('local', key())) writeStored('local', key(), text);
}

const key = (): string => `deskpod-downloads-${session.peek()?.user.id ?? ''}`;
