/** Takes files from this computer: dropped, pasted or chosen. Creates their folders first, then queues them. */
import { attempt, say, sayAbout } from '../state/notices.ts';
import { bytes, enumerated } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { currentAccess } from './access.ts';
import { createFolders } from './dav.ts';
import { type DroppedNode, gathered, MOST_FILES, treeOf } from './dropped.ts';
import { filesOpen, openFiles } from './panel.ts';
import { joined } from './paths.ts';
import { addUploads, isContinued } from './uploads.ts';

/** Where files go that are dropped onto the screen. */
export const DOWNLOADS = 'Downloads';
const MOST_NAMED = 3;

/** The items of a drop, which browsers show only until the event has ended. */
export function nodesOf(data: DataTransfer): readonly DroppedNode[] {
  return [...data.items]
    .filter(({ kind }) => kind === 'file')
    .flatMap((item) => {
      const entry = item.webkitGetAsEntry();
      const file = item.getAsFile();
      if (entry) return [nodeOf(entry)];
      return file ? treeOf([{ path: file.name, file }]) : [];
    });
}

export const receiveFiles = (files: readonly File[], folder: string): Promise<void> =>
  receive(treeOf(files.map((file) => ({ path: file.webkitRelativePath || file.name, file }))), folder);

export async function receive(nodes: readonly DroppedNode[], folder: string): Promise<void> {
  await attempt(async () => {
    const { upload } = await currentAccess();
    if (!upload.allowed) return say('warning', t.files.uploadForbidden);
    const { folders, files, refused, cut } = await gathered(nodes);
    if (cut) say('warning', t.files.uploadCut(MOST_FILES));
    if (refused.length > 0)
      say('warning', t.files.uploadRefused(enumerated(refused.slice(0, MOST_NAMED)), refused.length));
    const limit = upload.maxBytes;
    // What has arrived of an unfinished upload is part of the room that is used.
    const isTooLarge = ({ folder: inside, name, file }: (typeof files)[number]): boolean =>
      limit !== null && file.size > limit && !isContinued({ folder: folderOf(inside), name, file });
    const large = files.filter(isTooLarge);
    const [first] = large;
    if (first && limit !== null) say('warning', t.files.tooLargeToUpload(first.name, bytes(limit), large.length));
    await createFolders([...(folder === DOWNLOADS ? [DOWNLOADS] : []), ...folders.map((one) => joined(folder, one))]);
    addUploads(
      files
        .filter((one) => !large.includes(one))
        .map(({ folder: inside, name, file }) => ({ folder: folderOf(inside), name, file })),
    );
  });

  function folderOf(inside: string): string {
    return inside === '' ? folder : joined(folder, inside);
  }
}

export async function receiveOnScreen(nodes: readonly DroppedNode[]): Promise<void> {
  await receive(nodes, DOWNLOADS);
  if (filesOpen.value) return;
  sayAbout('uploads', 'info', t.files.toDownloads, {
    label: t.files.show,
    run: () => openFiles({ at: 'folder', path: DOWNLOADS }),
  });
}

/** Lets the user choose files, or a folder, of this computer. */
export function chooseFiles(folder: string, whole: boolean): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.webkitdirectory = whole;
  input.addEventListener('change', () => void receiveFiles([...(input.files ?? [])], folder));
  input.click();
}

function nodeOf(entry: FileSystemEntry): DroppedNode {
  const { name } = entry;
  if (isFile(entry))
    return { name, file: () => new Promise((resolve, reject) => entry.file(resolve, reject)), children: null };
  return { name, file: null, children: isDirectory(entry) ? () => childrenOf(entry) : null };
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Browsers hand them over in groups, until one is empty. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<readonly DroppedNode[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  while (all.length < MOST_FILES) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    all.push(...some);
  }
  return all.map(nodeOf);
}
