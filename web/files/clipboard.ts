/**
 * Files that were copied or cut: here, in the Files panel, or by a program in the desktop. What is copied here is also put on
 * the desktop's clipboard, and what is copied there is read when it is pasted here, within the clipboard's rights.
 */
import { computed, effect, signal } from '@preact/signals';
import type { ClipboardType } from '#protocol/clipboard.ts';
import { shareFiles, isOwnOffer } from '../screen/clipboard-forms.ts';
import { api } from '../state/api.ts';
import { attempt, say } from '../state/notices.ts';
import { clipboardState } from '../state/store.ts';
import { enumerated } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { currentAccess } from './access.ts';
import { fileForm, filesOfForm, formsOfFiles } from './copied-files.ts';
import type { Transfer } from './entry.ts';

export interface HeldFiles {
  readonly verb: Transfer;
  readonly paths: readonly string[];
}

type Held =
  | ({ readonly from: 'panel' } & HeldFiles)
  | { readonly from: 'desktop'; readonly offer: string; readonly type: ClipboardType };

const held = signal<Held | null>(null);
/** Where the files were copied that can be pasted; null if there are none. */
export const copiedFrom = computed(() => held.value?.from ?? null);
/** Of the panel, to be moved: shown pale. */
export const cutPaths = computed(() =>
  held.value?.from === 'panel' && held.value.verb === 'MOVE' ? new Set(held.value.paths) : null,
);
const MOST_NAMED = 5;

/** Where the clipboard's policy forbids it, they can still be pasted in the panel. */
export async function holdFiles(verb: Transfer, paths: readonly string[]): Promise<void> {
  held.value = { from: 'panel', verb, paths };
  await attempt(async () => {
    const { home } = await currentAccess();
    await shareFiles(formsOfFiles(verb, paths, home));
  });
}

/** To paste them now; null if there are none. What was cut is taken off, as it can be pasted once. */
export async function takeFiles(): Promise<HeldFiles | null> {
  const now = held.value;
  const files = now?.from === 'desktop' ? await readFiles(now.offer, now.type) : now;
  if (files?.verb === 'MOVE' && held.value === now) held.value = null;
  return files;
}

async function readFiles(offer: string, type: ClipboardType): Promise<HeldFiles | null> {
  let found: HeldFiles | null = null;
  await attempt(async () => {
    const { home } = await currentAccess();
    const { verb, paths, outside } = filesOfForm(type, await api.clipboard.read(offer, type), home);
    if (outside.length > 0) say('warning', t.copiedFiles.outside(enumerated(outside.slice(0, MOST_NAMED))));
    found = paths.length === 0 ? null : { verb, paths };
  });
  return found;
}

/** Follows what programs in the desktop copy. Returns a function that stops it. */
export function followCopiedFiles(): () => void {
  let known: string | null = null;
  const stop = effect(() => {
    const offer = clipboardState.value?.offer ?? null;
    if (offer?.id === known) return;
    known = offer?.id ?? null;
    if (offer !== null && isOwnOffer(offer)) return;
    const type = offer && fileForm(offer.types);
    if (offer !== null && type !== null) held.value = { from: 'desktop', offer: offer.id, type };
    else if (held.peek()?.from === 'desktop') held.value = null;
  });
  return () => {
    stop();
    held.value = null;
  };
}
