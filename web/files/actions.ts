/** What the user does with files: each action tells its end in a notice, with Undo where there is one, and lists the folder again. */
import { computed, signal } from '@preact/signals';
import { attempt, type NoticeAction, say, sayAbout } from '../state/notices.ts';
import { t } from '../ui/strings/catalogue.ts';
import { access } from './access.ts';
import { takeFiles } from './clipboard.ts';
import { Conflicts } from './conflicts.ts';
import { createFolder, fileUrl, findEntry, removeForGood, transfer } from './dav.ts';
import type { Entry, Transfer } from './entry.ts';
import { FILES_PATH, MOST_ARCHIVED } from '#protocol/files.ts';
import { serverUrl } from '../ui/server-url.ts';
import { bytes } from '../ui/format.ts';
import { freeNames } from './send-file.ts';
import { folder, listing, place, reload, selection } from './panel.ts';
import { folderOf, isWithin, joined, nameOf } from './paths.ts';
import { askConflict } from './questions.ts';
import { NOTHING, only } from './selection.ts';
import { moveToTrash, removeFromTrash, restoreFromTrash, type Trashed } from './trash.ts';

/** Names of actions under way, for the status line. */
const working = signal(0);
export const busy = computed(() => working.value > 0);

export const mayUpload = computed(() => access.value.state !== 'loaded' || access.value.value.upload.allowed);
export const mayDownload = computed(() => access.value.state !== 'loaded' || access.value.value.download.allowed);

/** Longer addresses aren't accepted by every server and proxy. */
const MOST_URL = 7_000;
const ARCHIVE_FRAME = 'deskpod-archive';

/** Rejects if the name is taken, with a message for the form. */
export async function makeFolder(inside: string, name: string): Promise<void> {
  const path = joined(inside, name);
  if (!(await createFolder(path))) throw new Error(t.files.taken(name));
  await reload();
  selection.value = only(path);
}

/** As above. */
export async function rename(path: string, name: string): Promise<void> {
  if (name === nameOf(path)) return;
  const to = joined(folderOf(path), name);
  if (!(await transfer('MOVE', path, to, false))) throw new Error(t.files.taken(name));
  await reload();
  selection.value = only(to);
}

/** Asks about names that are taken; a copy beside its original gets another name. */
export async function transferTo(verb: Transfer, paths: readonly string[], target: string): Promise<void> {
  const conflicts = new Conflicts((question) => askConflict(question, conflicts));
  const done: { readonly from: string; readonly to: string; readonly replaced: boolean }[] = [];
  await work(async () => {
    for (const path of paths) {
      if (verb === 'MOVE' && folderOf(path) === target) continue;
      if (isWithin(target, path)) {
        say('warning', t.files.intoItself(nameOf(path)));
        continue;
      }
      const end = await transferOne(verb, path, target, conflicts);
      if (end === 'stopped') break;
      if (end) done.push({ from: path, ...end });
    }
  });
  if (done.length === 0) return;
  if (verb === 'COPY' || done.some(({ replaced }) => replaced))
    return told(verb === 'COPY' ? t.files.copied(done.length) : t.files.moved(done.length));
  told(t.files.moved(done.length), {
    label: t.files.undo,
    run: () => void work(() => Promise.all(done.map(({ from, to }) => transfer('MOVE', to, from, false)))),
  });
}

async function transferOne(verb: Transfer, path: string, target: string, conflicts: Conflicts) {
  const name = nameOf(path);
  const to = joined(target, name);
  const beside = to === path;
  if (!beside && (await transfer(verb, path, to, false))) return { to, replaced: false };
  const taken = beside ? null : await findEntry(to);
  const own = beside ? null : await findEntry(path);
  const choice = beside ? 'both' : await conflicts.ask(name, taken !== null && !taken.folder && own?.folder === false);
  if (choice === 'later') return 'stopped';
  if (choice === 'skip') return null;
  if (choice === 'replace') {
    await transfer(verb, path, to, true);
    return { to, replaced: true };
  }
  for (const free of freeNames(name)) {
    const other = joined(target, free);
    if (await transfer(verb, path, other, false)) return { to: other, replaced: false };
  }
  return null;
}

export async function trash(paths: readonly string[]): Promise<void> {
  const trashed: Trashed[] = [];
  await work(async () => {
    for (const path of paths) trashed.push(await moveToTrash(path));
  });
  if (trashed.length === 0) return;
  const [first] = trashed;
  told(trashed.length === 1 && first ? t.files.trashedOne(nameOf(first.path)) : t.files.trashed(trashed.length), {
    label: t.files.undo,
    run: () => void restore(trashed),
  });
}

export async function restore(trashed: readonly Trashed[]): Promise<void> {
  let restored: string | null = null;
  await work(async () => {
    for (const one of trashed) restored = await restoreFromTrash(one);
  });
  if (restored !== null && place.value.at === 'folder') selection.value = only(restored);
  if (restored !== null) told(t.files.restored(trashed.length));
}

export async function deleteForGood(of: readonly string[], fromTrash: boolean): Promise<void> {
  await work(async () => {
    for (const one of of) await (fromTrash ? removeFromTrash(one) : removeForGood(one));
  });
}

export async function pasteInto(target: string): Promise<void> {
  const files = await takeFiles();
  if (files !== null) await transferTo(files.verb, files.paths, target);
}

/** Of the folder that is shown. */
export function download(entries: readonly Entry[]): void {
  downloadEntries(entries, archived(entries));
}

/** One file as itself, several or a folder as a zip, of these paths. */
export function downloadEntries(
  entries: readonly Entry[],
  paths: readonly string[] = entries.map(({ path }) => path),
): void {
  const limit = access.value.state === 'loaded' ? access.value.value.download.maxBytes : null;
  const large = entries.find(({ size }) => limit !== null && size > limit);
  if (large && limit !== null) return say('warning', t.files.tooLargeToDownload(large.name, bytes(limit)));
  const [first] = entries;
  if (!first) return;
  if (entries.length === 1 && !first.folder) return follow(fileUrl(first.path), first.name);
  if (paths.length > MOST_ARCHIVED) return say('warning', t.files.tooManyToDownload);
  const query = paths.map((path) => `zip=/${encodeURIComponent(path)}`).join('&');
  if (query.length > MOST_URL) followForm(paths);
  else follow(serverUrl(`${FILES_PATH}?${query}`).href, '');
}

function archived(entries: readonly Entry[]): readonly string[] {
  const here = folder.value;
  const everything = listing.value.state === 'loaded' && entries.length === listing.value.value.entries.length;
  // Shorter, and the same files.
  return everything && here !== null && here !== '' ? [here] : entries.map(({ path }) => path);
}

/** In a frame, which only shows something if the answer is no download. */
function followForm(paths: readonly string[]): void {
  document.querySelector(`iframe[name="${ARCHIVE_FRAME}"]`)?.remove();
  const frame = document.createElement('iframe');
  frame.name = ARCHIVE_FRAME;
  frame.hidden = true;
  const form = document.createElement('form');
  form.method = 'post';
  form.action = serverUrl(FILES_PATH).href;
  form.target = ARCHIVE_FRAME;
  form.hidden = true;
  for (const path of paths) {
    const field = document.createElement('input');
    field.name = 'zip';
    field.value = `/${path}`;
    form.append(field);
  }
  document.body.append(frame, form);
  frame.addEventListener('load', () => say('warning', t.files.archiveFailed));
  form.submit();
  form.remove();
}

function follow(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

function told(text: string, action: NoticeAction | null = null): void {
  sayAbout('files', 'info', text, action);
}

async function work(task: () => Promise<unknown>): Promise<void> {
  working.value += 1;
  try {
    await attempt(task);
  } finally {
    working.value -= 1;
    await reload();
  }
}

export function clearSelection(): void {
  selection.value = NOTHING;
}
