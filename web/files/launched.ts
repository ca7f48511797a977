/**
 * Files of this computer that the user opens with an installed page of an app (Web App Launch Handler, File Handling): they
 * are uploaded to Downloads, then opened in the app.
 */
import type { App } from '#protocol/app.ts';
import { ignore } from '#protocol/ignore.ts';
import { effect } from '@preact/signals';
import { openWith } from '../apps/open-with.ts';
import { attempt, say } from '../state/notices.ts';
import { bytes } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { currentAccess } from './access.ts';
import { createFolder } from './dav.ts';
import { DOWNLOADS } from './receive.ts';
import { addUploads, uploads } from './uploads.ts';

/** A part of the browser's `LaunchParams`. */
interface Launch {
  readonly files: readonly Pick<FileSystemFileHandle, 'kind' | 'name' | 'getFile'>[];
}

declare global {
  interface Window {
    /** In Chromium, where the page can be installed. */
    readonly launchQueue?: { setConsumer(consume: (launch: Launch) => void): void };
  }
}

/** Each opens a window of the app. */
const MOST_FILES = 20;

let waiting: Launch['files'] = [];
let app: App | null = null;

/** At the start of the page, as the browser waits for a consumer. Later files are opened at once. */
export function takeLaunchedFiles(): void {
  window.launchQueue?.setConsumer(({ files }) => {
    if (files.length === 0) return;
    waiting = [...waiting, ...files];
    if (app !== null) openLaunchedFiles(app);
  });
}

/** Those that wait, in this app, as all that follow. False if there are none yet. */
export function openLaunchedFiles(of: App): boolean {
  app = of;
  const files = waiting;
  waiting = [];
  if (files.length > MOST_FILES) say('warning', t.launchedFiles.tooMany(MOST_FILES));
  for (const handle of files.slice(0, MOST_FILES)) void uploadAndOpen(handle, of);
  return files.length > 0;
}

async function uploadAndOpen(handle: Launch['files'][number], { id, displayName }: App): Promise<void> {
  const { name } = handle;
  const file = await handle.getFile().catch(ignore('the user is told', null));
  if (file === null) return say('error', t.launchedFiles.unreadable(name));
  await attempt(async () => {
    const { upload } = await currentAccess();
    if (!upload.allowed) return say('warning', t.files.uploadForbidden);
    if (upload.maxBytes !== null && file.size > upload.maxBytes)
      return say('warning', t.files.tooLargeToUpload(name, bytes(upload.maxBytes), 1));
    await createFolder(DOWNLOADS);
    say('info', t.launchedFiles.sending(name, displayName));
    const [part] = addUploads([{ folder: DOWNLOADS, name, file }]);
    const path = part === undefined ? null : await uploaded(part);
    if (path === null) say('warning', t.launchedFiles.notSent(name));
    else await openWith({ path }, id, false);
  });
}

/** The path of the file once it has arrived; null if the upload failed, or was skipped or cancelled. */
function uploaded(part: string): Promise<string | null> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const status = uploads.value.find((one) => one.part === part)?.status;
      if (status !== undefined && status.state !== 'done' && status.state !== 'failed') return;
      resolve(status?.state === 'done' ? status.path : null);
      // Not inside of the effect, which may run before `stop` is there.
      queueMicrotask(() => stop());
    });
  });
}
