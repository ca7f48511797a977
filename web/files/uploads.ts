/** Sends files to the home folder: three at once, in the order in which they came, also while the panel is closed. */
import { retryDelay } from '#client/stream.ts';
import { ignore } from '#protocol/ignore.ts';
import { computed, signal } from '@preact/signals';
import { pause } from '../state/pause.ts';
import { session } from '../state/store.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import { holdAccess } from './access.ts';
import { Conflicts, type Question } from './conflicts.ts';
import { findEntry, putPart, removeForGood, sizeOfPart, transfer } from './dav.ts';
import { askConflict } from './questions.ts';
import { LARGE_BYTES, sendFile, type UploadServer } from './send-file.ts';
import { LinkShare } from './link-share.ts';
import { SpeedMeter } from './speed.ts';
import {
  changedUpload,
  continued,
  isActive,
  isUnfinished,
  newUpload,
  restoredUploads,
  storedUploads,
  sumsOf,
  type Upload,
  type UploadStatus,
} from './upload-list.ts';

const MOST_AT_ONCE = 3;

export const uploads = signal<readonly Upload[]>([]);
export const uploadSums = computed(() => sumsOf(uploads.value));
/** Bytes per second; null if nothing is sent. */
export const uploadSpeed = signal<number | null>(null);
/** Called with the folder of each file that has arrived. */
export const arrived = { in: (_folder: string) => {} };

interface Running {
  readonly file: File;
  readonly conflicts: Conflicts;
  abort: AbortController | null;
}

const running = new Map<string, Running>();
const meter = new SpeedMeter();
const link = new LinkShare();
let sentInAll = 0;
let release: (() => void) | null = null;

const server: UploadServer = {
  sizeOfPart,
  find: findEntry,
  put: putPart,
  move: (from, to, replace, signal) => transfer('MOVE', from, to, replace, signal),
  remove: removeForGood,
};

export interface FileToSend {
  readonly folder: string;
  readonly name: string;
  readonly file: File;
}

/** Files of an unfinished upload go on where it stopped. Returns the `part` of each. */
export function addUploads(files: readonly FileToSend[]): readonly string[] {
  const conflicts = new Conflicts((question: Question | null) => askConflict(question, conflicts));
  let list = uploads.value;
  const news: Upload[] = [];
  const parts: string[] = [];
  for (const { folder, name, file } of files) {
    const identity = { name, folder, size: file.size, modified: file.lastModified };
    const known = continued(list, identity);
    const upload = known ?? newUpload(identity);
    parts.push(upload.part);
    if (known && isActive(known)) continue;
    running.set(upload.part, { file, conflicts, abort: null });
    if (known) list = changedUpload(list, known.part, { status: { state: 'waiting' } });
    else news.push(upload);
  }
  const replaced = new Set(news.map(({ part }) => part));
  uploads.value = [...list.filter(({ part }) => !replaced.has(part)), ...news];
  changed();
  return parts;
}

export function isContinued({ name, folder, file }: FileToSend): boolean {
  return continued(uploads.value, { name, folder, size: file.size, modified: file.lastModified }) !== null;
}

export function pauseUpload(part: string): void {
  running.get(part)?.abort?.abort();
  setStatus(part, { state: 'paused' });
}

export function resumeUpload(part: string): void {
  setStatus(part, { state: running.has(part) ? 'waiting' : 'file_needed' });
}

/** What the server has of it is deleted. */
export function cancelUpload(part: string): void {
  running.get(part)?.abort?.abort();
  running.delete(part);
  uploads.value = uploads.value.filter((upload) => upload.part !== part);
  changed();
  void removeForGood(part).catch(ignore('old parts are removed by the server'));
}

export function pauseAll(): void {
  for (const upload of uploads.value) if (isActive(upload)) pauseUpload(upload.part);
}

export function resumeAll(): void {
  for (const { part, status } of uploads.value)
    if (status.state === 'paused' || status.state === 'failed') resumeUpload(part);
}

export function cancelAll(): void {
  for (const upload of uploads.value) if (isUnfinished(upload)) cancelUpload(upload.part);
}

export function clearFinished(): void {
  uploads.value = uploads.value.filter(isUnfinished);
}

/** Keys and clicks come before uploads. */
export const noteInput = (): void => link.typed();

/** At login: what an earlier page left unfinished. */
export function restoreUploads(): void {
  uploads.value = restoredUploads(readStored('local', storageKey()));
}

/** At logout. */
export function stopUploads(): void {
  for (const { abort } of running.values()) abort?.abort();
  running.clear();
  uploads.value = [];
  settle();
}

function storageKey(): string {
  return `deskpod-uploads-${session.value?.user.id ?? ''}`;
}

function setStatus(part: string, status: UploadStatus): void {
  uploads.value = changedUpload(uploads.value, part, { status });
  changed();
}

/** Starts what can start, keeps the list for a reload, and holds the access as long as something is sent. */
function changed(): void {
  const busy = uploads.value.filter(({ status: { state } }) => state === 'sending' || state === 'retrying').length;
  const next = uploads.value
    .filter(({ status }) => status.state === 'waiting')
    .slice(0, Math.max(0, MOST_AT_ONCE - busy));
  for (const upload of next) start(upload);
  if (session.value) writeStored('local', storageKey(), storedUploads(uploads.value));
  settle();
}

function settle(): void {
  if (uploads.value.some(isActive)) release ??= holdAccess();
  else {
    release?.();
    release = null;
    uploadSpeed.value = null;
  }
}

function start(upload: Upload): void {
  const job = running.get(upload.part);
  if (!job) return setStatus(upload.part, { state: 'file_needed' });
  job.abort = new AbortController();
  uploads.value = changedUpload(uploads.value, upload.part, { status: { state: 'sending' } });
  void run(upload, job, job.abort.signal);
}

async function run(
  { part, name, folder, size }: Upload,
  { file, conflicts }: Running,
  signal: AbortSignal,
): Promise<void> {
  const content = {
    size,
    slice: (from: number, to: number) => file.slice(from, to),
    check: async (from: number) => void (await file.slice(from, from + 1).arrayBuffer()),
  };
  // What an earlier page sent isn't speed of this one.
  let before: number | null = size > LARGE_BYTES ? null : 0;
  const reports = {
    progress(sent: number) {
      if (signal.aborted) return;
      if (before !== null) sentInAll += Math.max(0, sent - before);
      before = sent;
      meter.add(performance.now(), sentInAll);
      uploadSpeed.value = meter.speed(performance.now());
      uploads.value = changedUpload(uploads.value, part, { sent, status: { state: 'sending' } });
    },
    lost() {
      uploads.value = changedUpload(uploads.value, part, { status: { state: 'retrying' } });
    },
    conflict: (taken: string, replaceable: boolean) => conflicts.ask(taken, replaceable),
    wait: pause,
    pause: (attempt: number, ended: AbortSignal) => pause(retryDelay(attempt), ended),
  };
  try {
    const outcome = await sendFile({ name, folder, part, content, link }, server, reports, signal);
    if (signal.aborted) return;
    if (outcome.end === 'later') return setStatus(part, { state: 'paused' });
    running.delete(part);
    if (outcome.end === 'done') {
      setStatus(part, { state: 'done', path: outcome.path });
      arrived.in(folder);
    } else {
      uploads.value = uploads.value.filter((upload) => upload.part !== part);
      changed();
    }
  } catch (error) {
    if (!signal.aborted) setStatus(part, { state: 'failed', error });
  }
}
