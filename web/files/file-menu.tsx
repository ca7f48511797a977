/** The menu of the selected files, or of the folder if none is. */
import {
  AppWindow,
  ArchiveRestore,
  Check,
  ClipboardPaste,
  Copy,
  Download,
  Eye,
  FolderInput,
  FolderOpen,
  FolderPlus,
  Save,
  Scissors,
  Trash2,
  PenLine,
  Upload,
} from 'lucide';
import { LayerFrame, menuKeys } from '../layers/layer-frame.tsx';
import { closeLayer, openLayer } from '../layers/layers.ts';
import { Icon } from '../ui/icon.tsx';
import { keyName } from '../ui/key-name.ts';
import { t } from '../ui/strings/catalogue.ts';
import { download, mayDownload, mayUpload } from './actions.ts';
import { copiedFrom } from './clipboard.ts';
import type { Entry } from './entry.ts';
import { appsFor } from '../apps/open-with.ts';
import { openEntry, openInApp } from './open-entry.ts';
import { chosenPaths, deleteChosen, deleteChosenForGood, hold, paste, restoreChosen } from './list-keys.ts';
import { changeView, chosen, folder, order, selection, view } from './panel.ts';
import { chooseFiles } from './receive.ts';
import { canSave, saveHere } from './save.ts';
import { all } from './selection.ts';

interface Item {
  readonly icon: typeof Copy | null;
  readonly name: string;
  readonly test: string;
  readonly run: () => void;
  readonly keys?: string;
  readonly checked?: boolean;
}

const WIDTH = 260;
const ITEM_PX = 36;
/** The best ones: the menu has to fit. */
const MOST_APPS = 3;

export function FileMenu({ x, y }: { x: number; y: number }) {
  const items = itemsNow();
  const style = {
    left: `${Math.max(8, Math.min(x, window.innerWidth - WIDTH - 8))}px`,
    top: `${Math.max(8, Math.min(y, window.innerHeight - items.length * ITEM_PX - 16))}px`,
    width: `${WIDTH}px`,
  };
  return (
    <LayerFrame kind="file-menu" label={t.files.more} role="menu" class="menu" style={style}>
      <div onKeyDown={menuKeys}>
        {items.map(({ icon, name, test, run, keys, checked }) => (
          <button
            key={test}
            type="button"
            role={checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
            aria-checked={checked}
            onClick={() => {
              closeLayer('file-menu');
              run();
            }}
            data-test={test}
          >
            {icon ? <Icon of={icon} /> : <span class="menu-space">{checked === true && <Icon of={Check} />}</span>}
            {name}
            {keys && <kbd>{keys.split('+').map(keyName).join('+')}</kbd>}
          </button>
        ))}
      </div>
    </LayerFrame>
  );
}

function itemsNow(): readonly Item[] {
  const here = folder.value;
  if (here === null) return ofTrash();
  return chosen.value.length === 0 ? ofFolder(here) : ofChosen(here);
}

function ofTrash(): readonly Item[] {
  return [
    { icon: ArchiveRestore, name: t.files.restore, test: 'menu-restore', run: restoreChosen },
    { icon: Trash2, name: t.files.deleteForGood, test: 'menu-delete', run: deleteChosenForGood, keys: 'Del' },
  ];
}

function ofFolder(here: string): readonly Item[] {
  const { hidden } = view.value;
  const upload = { icon: Upload, name: t.files.upload, test: 'menu-upload', run: () => chooseFiles(here, false) };
  return [
    {
      icon: FolderPlus,
      name: t.files.newFolder,
      test: 'menu-new-folder',
      run: () => openLayer({ kind: 'file-name', folder: here, rename: null }),
    },
    ...(mayUpload.value ? [upload] : []),
    ...(copiedFrom.value ? [pasteItem()] : []),
    {
      icon: null,
      name: t.files.selectAll,
      test: 'menu-select-all',
      run: () => (selection.value = all(selection.value, order.value)),
      keys: 'Ctrl+A',
    },
    {
      icon: null,
      name: t.files.hidden,
      test: 'menu-hidden',
      run: () => changeView({ hidden: !hidden }),
      checked: hidden,
    },
  ];
}

const pasteItem = (): Item => ({
  icon: ClipboardPaste,
  name: t.files.paste,
  test: 'menu-paste',
  run: paste,
  keys: 'Ctrl+V',
});

function inApps(entry: Entry): readonly Item[] {
  const found = appsFor(entry.folder ? `${entry.path}/` : entry.path);
  return found.slice(0, MOST_APPS).map(({ id, displayName }) => ({
    icon: AppWindow,
    name: t.files.openWith(displayName),
    test: 'menu-open-with',
    run: () => openInApp(entry, id),
  }));
}

function ofChosen(here: string): readonly Item[] {
  const entries = chosen.value;
  const [first] = entries;
  const one = entries.length === 1 ? first : undefined;
  const open = (): void => (one ? openEntry(one) : undefined);
  const zip = one === undefined || one.folder;
  const into = (verb: 'MOVE' | 'COPY') => () => openLayer({ kind: 'file-target', verb, paths: chosenPaths() });
  const rename = () => one && openLayer({ kind: 'file-name', folder: here, rename: one.path });
  return [
    ...(one
      ? [
          {
            icon: one.folder ? FolderOpen : Eye,
            name: one.folder ? t.files.openItem : t.files.preview,
            test: 'menu-open',
            run: open,
            keys: 'Enter',
          },
          ...inApps(one),
        ]
      : []),
    ...(mayDownload.value
      ? [
          {
            icon: Download,
            name: zip ? t.files.downloadZip : t.files.download,
            test: 'menu-download',
            run: () => download(entries),
          },
        ]
      : []),
    ...(mayDownload.value && one && !one.folder && canSave()
      ? [{ icon: Save, name: t.files.save, test: 'menu-save', run: () => void saveHere(one) }]
      : []),
    { icon: Scissors, name: t.files.cut, test: 'menu-cut', run: () => hold('MOVE'), keys: 'Ctrl+X' },
    { icon: Copy, name: t.files.copy, test: 'menu-copy', run: () => hold('COPY'), keys: 'Ctrl+C' },
    ...(copiedFrom.value ? [pasteItem()] : []),
    { icon: FolderInput, name: t.files.move, test: 'menu-move', run: into('MOVE') },
    { icon: FolderInput, name: t.files.copyTo, test: 'menu-copy-to', run: into('COPY') },
    ...(one ? [{ icon: PenLine, name: t.files.rename, test: 'menu-rename', run: rename, keys: 'F2' }] : []),
    { icon: Trash2, name: t.files.toTrash, test: 'menu-trash', run: deleteChosen, keys: 'Del' },
  ];
}
