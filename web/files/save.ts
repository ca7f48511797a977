/** Saves a file where the user says, with the browser's own dialog (File System Access), as it comes from the server. */
import { ignore } from '#protocol/ignore.ts';
import { isPassing } from '#client/errors.ts';
import { retryDelay } from '#client/stream.ts';
import { attempt, say } from '../state/notices.ts';
import { t } from '../ui/strings/catalogue.ts';
import { holdAccess } from './access.ts';
import { readStream } from './dav.ts';
import type { Entry } from './entry.ts';

interface SavePicker {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** Connections that may break without any progress in between. */
const MOST_ATTEMPTS = 20;

/** Chromium, on secure pages. */
export const canSave = (): boolean => hasPicker(window);

const hasPicker = (of: object): of is SavePicker => 'showSaveFilePicker' in of;

/** Goes on where a lost connection broke off. What was written is discarded if it fails. */
export async function saveHere({ path, name }: Entry): Promise<void> {
  if (!hasPicker(window)) return;
  const handle = await window.showSaveFilePicker({ suggestedName: name }).catch(ignore('the dialog was closed', null));
  if (!handle) return;
  const release = holdAccess();
  const saved = await attempt(async () => {
    const file = await handle.createWritable();
    try {
      await copyTo(file, path);
      await file.close();
    } catch (error) {
      await file.abort().catch(ignore('it is discarded anyway'));
      throw error;
    }
  });
  release();
  if (saved) say('info', t.files.saved(name));
}

async function copyTo(file: FileSystemWritableFileStream, path: string): Promise<void> {
  const abort = new AbortController();
  let written = 0;
  for (let failures = 0; ;) {
    try {
      for await (const part of await readStream(path, written, abort.signal)) {
        await file.write(part);
        written += part.length;
        failures = 0;
      }
      return;
    } catch (error) {
      failures += 1;
      // A stream that breaks off is a TypeError in browsers.
      if (failures > MOST_ATTEMPTS || !(isPassing(error) || error instanceof TypeError)) throw error;
      await new Promise((resolve) => setTimeout(resolve, retryDelay(failures)));
    }
  }
}
