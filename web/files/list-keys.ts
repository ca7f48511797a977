/** The keys of the list of files, besides those that move. */
import { openLayer } from '../layers/layers.ts';
import { clearSelection, pasteInto, restore, trash } from './actions.ts';
import { holdFiles } from './clipboard.ts';
import { openEntry } from './open-entry.ts';
import { chosen, folder, goBack, goUp, order, reload, selection, shown } from './panel.ts';
import { all, toggled } from './selection.ts';
import { infoOf } from './trash.ts';
import { nameOf } from './paths.ts';

export function onFileKey(event: KeyboardEvent): void {
  const control = event.ctrlKey || event.metaKey;
  const name = [control && 'Ctrl', event.altKey && 'Alt', event.shiftKey && 'Shift', keyOf(event)]
    .filter(Boolean)
    .join('+');
  const action = KEYS[name];
  if (!action) return;
  event.preventDefault();
  action();
}

const keyOf = ({ key }: KeyboardEvent): string => (key.length === 1 ? key.toLowerCase() : key);

const here = () => shown.value.find(({ path }) => path === selection.value.at);
export const chosenPaths = (): readonly string[] => chosen.value.map(({ path }) => path);

const KEYS: Readonly<Record<string, () => void>> = {
  Enter: () => {
    const entry = here();
    if (entry) openEntry(entry);
  },
  ' ': () => {
    const { at } = selection.value;
    if (at !== null) selection.value = toggled(selection.value, at);
  },
  Backspace: goUp,
  'Alt+ArrowUp': goUp,
  'Alt+ArrowLeft': goBack,
  F2: () => {
    const [entry] = chosen.value;
    if (entry && chosen.value.length === 1 && folder.value !== null)
      openLayer({ kind: 'file-name', folder: folder.value, rename: entry.path });
  },
  F5: () => void reload(),
  Delete: () => deleteChosen(),
  'Shift+Delete': () => deleteChosenForGood(),
  'Ctrl+a': () => (selection.value = all(selection.value, order.value)),
  'Ctrl+Shift+a': clearSelection,
  'Ctrl+c': () => hold('COPY'),
  'Ctrl+x': () => hold('MOVE'),
};

export function hold(verb: 'MOVE' | 'COPY'): void {
  if (folder.value !== null && chosen.value.length > 0) void holdFiles(verb, chosenPaths());
}

export function paste(): void {
  if (folder.value !== null) void pasteInto(folder.value);
}

export function deleteChosen(): void {
  if (folder.value === null) deleteChosenForGood();
  else if (chosen.value.length > 0) void trash(chosenPaths());
}

/** After a question. */
export function deleteChosenForGood(): void {
  const fromTrash = folder.value === null;
  const of = chosenPaths().map((path) => (fromTrash ? nameOf(path) : path));
  if (of.length > 0) openLayer({ kind: 'file-delete', of, fromTrash });
}

export function emptyTrash(): void {
  const of = shown.value.map(({ path }) => nameOf(path));
  if (of.length > 0) openLayer({ kind: 'file-delete', of, fromTrash: true });
}

/** Files whose place is unknown stay in the trash. */
export function restoreChosen(): void {
  const trashed = chosenPaths().flatMap((path) => {
    const name = nameOf(path);
    const info = infoOf(name);
    return info ? [{ name, path: info.path }] : [];
  });
  if (trashed.length > 0) void restore(trashed);
}
