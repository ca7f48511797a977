/** The list of uploads: its states, sums, and what of it outlives a reload of the page. Pure. */
import { z } from 'zod';
import { joined } from './paths.ts';
import { partName } from './part-name.ts';

export type UploadStatus =
  | { readonly state: 'waiting' }
  | { readonly state: 'sending' }
  /** The connection was lost. */
  | { readonly state: 'retrying' }
  | { readonly state: 'paused' }
  | { readonly state: 'failed'; readonly error: unknown }
  /** After a reload: browsers don't keep files open, so it has to be chosen again. */
  | { readonly state: 'file_needed' }
  | { readonly state: 'done'; readonly path: string };

export interface Upload {
  /** Path of the unfinished upload on the server. */
  readonly part: string;
  readonly name: string;
  /** Where it goes, relative to the home folder. */
  readonly folder: string;
  readonly size: number;
  readonly modified: number;
  /** Bytes that the server has. */
  readonly sent: number;
  readonly status: UploadStatus;
}

export interface NewUpload {
  readonly name: string;
  readonly folder: string;
  readonly size: number;
  readonly modified: number;
}

export function newUpload({ name, folder, size, modified }: NewUpload): Upload {
  const part = joined(folder, partName({ name, size, modified }));
  return { part, name, folder, size, modified, sent: 0, status: { state: 'waiting' } };
}

/** Whether a file is being sent, or waits for its turn. */
export const isActive = ({ status }: Upload): boolean =>
  status.state === 'waiting' || status.state === 'sending' || status.state === 'retrying';

export const isUnfinished = ({ status }: Upload): boolean => status.state !== 'done';

/** The one that goes on with this file: an unfinished one of the same name, size and time of change, wherever it goes. */
export function continued(uploads: readonly Upload[], file: NewUpload): Upload | null {
  const own = newUpload(file);
  const same = uploads.find(({ part, status }) => part === own.part && status.state !== 'done');
  if (same) return same;
  const needs = ({ name, size, modified, status }: Upload): boolean =>
    status.state === 'file_needed' && name === file.name && size === file.size && modified === file.modified;
  return uploads.find(needs) ?? null;
}

export function changedUpload(uploads: readonly Upload[], part: string, change: Partial<Upload>): readonly Upload[] {
  const at = uploads.findIndex((one) => one.part === part);
  const before = uploads[at];
  return before ? uploads.with(at, { ...before, ...change }) : uploads;
}

export interface Sums {
  readonly bytes: number;
  readonly sent: number;
  readonly count: number;
  readonly done: number;
  readonly active: number;
  readonly failed: number;
}

export function sumsOf(uploads: readonly Upload[]): Sums {
  const sums = { bytes: 0, sent: 0, count: uploads.length, done: 0, active: 0, failed: 0 };
  for (const upload of uploads) {
    sums.bytes += upload.size;
    sums.sent += upload.status.state === 'done' ? upload.size : upload.sent;
    if (upload.status.state === 'done') sums.done += 1;
    if (upload.status.state === 'failed') sums.failed += 1;
    if (isActive(upload)) sums.active += 1;
  }
  return sums;
}

/** First those that need the user, then the active, then the rest. */
export function inOrder(uploads: readonly Upload[]): readonly Upload[] {
  const rank = ({ status: { state } }: Upload): number =>
    ({ failed: 0, file_needed: 1, retrying: 2, sending: 2, paused: 3, waiting: 4, done: 5 })[state];
  return uploads.toSorted((a, b) => rank(a) - rank(b));
}

const Stored = z
  .array(
    z.object({
      name: z.string().min(1).max(1024),
      folder: z.string().max(4096),
      size: z.int().nonnegative(),
      modified: z.number(),
    }),
  )
  .max(1_000);
/** A list of more is a folder that is better dropped again. */
const MOST_STORED = 100;

export function storedUploads(uploads: readonly Upload[]): string | null {
  const open = uploads
    .filter(isUnfinished)
    .slice(0, MOST_STORED)
    .map(({ name, folder, size, modified }) => ({ name, folder, size, modified }));
  return open.length === 0 ? null : JSON.stringify(open);
}

/** What another page or version has stored may be anything. */
export function restoredUploads(text: string | null): readonly Upload[] {
  const parsed = text === null ? null : Stored.safeParse(json(text));
  if (!parsed?.success) return [];
  const byPart = new Map(
    parsed.data.map((one) => {
      const upload: Upload = { ...newUpload(one), status: { state: 'file_needed' } };
      return [upload.part, upload];
    }),
  );
  return [...byPart.values()];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
