/**
 * Sends one file in parts to a hidden name and moves it to its own name at the end, so that nothing half-written is ever
 * visible. Goes on at what the server has: after a lost network, a restart of the server or a reload of the page. Pure over
 * its ports.
 */
import { ApiError, isPassing } from '#client/errors.ts';
import type { Choice } from './conflicts.ts';
import type { LinkShare } from './link-share.ts';
import { numberedName } from './names.ts';
import { joined } from './paths.ts';

/** Smaller files are sent without asking first what there is of them. */
export const LARGE_BYTES = 4 * 1024 * 1024;
/** In a row without any progress; with growing pauses about ten minutes. */
const MOST_ATTEMPTS = 45;
/** Free names that are tried for "keep both". */
const MOST_NAMES = 1_000;
/** If the part is gone: another page cancelled it, or it was removed as an old one. */
const MOST_RESTARTS = 2;
const NO_ROOM = 507;
const CONFLICT = 409;
const NOT_FOUND = 404;

export interface Content {
  readonly size: number;
  /** A part; the browser reads it while it sends it. */
  slice(from: number, to: number): Blob;
  /** Rejects if the file on this computer has changed or is gone. */
  check(from: number): Promise<void>;
}

export interface Found {
  readonly folder: boolean;
  readonly size: number;
}

export interface UploadServer {
  /** Bytes that an unfinished upload has; null if there is none. */
  sizeOfPart(path: string, signal: AbortSignal): Promise<number | null>;
  find(path: string, signal: AbortSignal): Promise<Found | null>;
  /** `of` is the size of the whole file; null: the body is the whole file. */
  put(path: string, body: Blob, from: number, of: number | null, signal: AbortSignal): Promise<void>;
  /** False if the target exists and isn't to be replaced. */
  move(from: string, to: string, replace: boolean, signal: AbortSignal): Promise<boolean>;
  remove(path: string, signal: AbortSignal): Promise<void>;
}

export interface Reports {
  progress(sent: number): void;
  /** A connection was lost; it is tried again. */
  lost(error: unknown): void;
  conflict(name: string, replaceable: boolean): Promise<Choice>;
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Before attempt `attempt`, from 1. */
  pause(attempt: number, signal: AbortSignal): Promise<void>;
}

export interface Job {
  readonly name: string;
  readonly folder: string;
  /** Path of the unfinished upload. */
  readonly part: string;
  readonly content: Content;
  /** Of all uploads. */
  readonly link: Pick<LinkShare, 'turn' | 'partBytes' | 'send'>;
}

export type Outcome =
  | { readonly end: 'done'; readonly path: string }
  | { readonly end: 'skipped' }
  | { readonly end: 'later' };

export async function sendFile(
  job: Job,
  server: UploadServer,
  reports: Reports,
  signal: AbortSignal,
): Promise<Outcome> {
  const { content, part } = job;
  const target = joined(job.folder, job.name);
  const large = content.size > LARGE_BYTES;
  let choice: Choice | null = null;
  if (large) {
    // Better asked now than after an hour.
    const taken = await persistently(() => server.find(target, signal), reports, signal);
    if (taken) choice = await reports.conflict(job.name, !taken.folder);
    if (choice === 'later') return { end: 'later' };
    if (choice === 'skip') return await skipped(job, server, reports, signal);
  }
  await sendParts(job, server, reports, signal);
  for (;;) {
    const path = await finished(job, choice, server, reports, signal);
    if (path !== null) return { end: 'done', path };
    const taken = await persistently(() => server.find(target, signal), reports, signal);
    choice = await reports.conflict(job.name, taken !== null && !taken.folder);
    if (choice === 'later') return { end: 'later' };
    if (choice === 'skip') {
      await persistently(() => server.remove(part, signal), reports, signal);
      return { end: 'skipped' };
    }
  }
}

async function skipped({ part }: Job, server: UploadServer, reports: Reports, signal: AbortSignal): Promise<Outcome> {
  await persistently(() => server.remove(part, signal), reports, signal);
  return { end: 'skipped' };
}

async function sendParts({ content, part, link }: Job, server: UploadServer, reports: Reports, signal: AbortSignal) {
  const { size } = content;
  if (size === 0) return await persistently(() => server.put(part, new Blob([]), 0, null, signal), reports, signal);
  let unsure = size > LARGE_BYTES;
  let at = 0;
  let failures = 0;
  let restarts = 0;
  while (at < size || unsure) {
    try {
      if (unsure) {
        at = await reached(part, size, server, signal);
        reports.progress(at);
        unsure = false;
        continue;
      }
      for (let waitMs = link.turn(); waitMs > 0; waitMs = link.turn()) {
        await reports.wait(waitMs, signal);
        signal.throwIfAborted();
      }
      const from = at;
      const to = Math.min(size, at + link.partBytes);
      await link.send(to - from, () => server.put(part, content.slice(from, to), from, size, signal));
      at = to;
      failures = 0;
      reports.progress(at);
    } catch (error) {
      failures += 1;
      // Browsers tell a file that they can't read from a lost connection only here.
      await content.check(at);
      const vanished = isVanished(error) && restarts < MOST_RESTARTS;
      if (vanished) restarts += 1;
      else await again(error, failures, reports, signal);
      // The server may have taken a part of what was sent.
      unsure = true;
    }
  }
}

const isVanished = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === NOT_FOUND || error.status === CONFLICT);

/** Where to go on. A part that is too long belongs to no file like this one. */
async function reached(part: string, size: number, server: UploadServer, signal: AbortSignal): Promise<number> {
  const has = (await server.sizeOfPart(part, signal)) ?? 0;
  if (has <= size) return has;
  await server.remove(part, signal);
  return 0;
}

/** The path of the file, or null if the name is taken. */
async function finished(
  { part, folder, name, content }: Job,
  choice: Choice | null,
  server: UploadServer,
  reports: Reports,
  signal: AbortSignal,
): Promise<string | null> {
  const names = choice === 'both' ? freeNames(name) : [name];
  for (const one of names) {
    const path = joined(folder, one);
    const moved = await persistently(
      async () => {
        try {
          return await server.move(part, path, choice === 'replace', signal);
        } catch (error) {
          // An earlier attempt whose answer was lost has moved it.
          if (error instanceof ApiError && error.status === NOT_FOUND) {
            const there = await server.find(path, signal);
            if (there?.size === content.size && !there.folder) return true;
          }
          throw error;
        }
      },
      reports,
      signal,
    );
    if (moved) return path;
  }
  return null;
}

export function* freeNames(name: string): Generator<string> {
  for (let count = 2; count < MOST_NAMES; count += 1) yield numberedName(name, count);
}

async function persistently<Value>(work: () => Promise<Value>, reports: Reports, signal: AbortSignal): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      await again(error, attempt, reports, signal);
    }
  }
}

/** Waits before another attempt, or throws the error: it isn't passing, or there were too many. */
async function again(error: unknown, attempt: number, reports: Reports, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const full = error instanceof ApiError && error.status === NO_ROOM;
  if (full || !isPassing(error) || attempt > MOST_ATTEMPTS) throw error;
  reports.lost(error);
  await reports.pause(attempt, signal);
  signal.throwIfAborted();
}
