/** Settings for files that go to and from desktops; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';
import { Bytes } from './kinds.ts';
import { SharedFolders } from './shared-folder-settings.ts';

export const FILE_SETTINGS = {
  'files.upload': z.boolean().default(true).register(FACTS, {
    text: 'Whether users can upload files from their computer to their home folder, and change files there from the browser.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_FILES_UPLOAD',
  }),
  'files.download': z.boolean().default(true).register(FACTS, {
    text: 'Whether users can download files from their home folder to their computer. The list of files stays visible.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_FILES_DOWNLOAD',
  }),
  'files.webdav': z.boolean().default(true).register(FACTS, {
    text: 'Whether users can open their home folder with the file manager of their computer (WebDAV at `/dav/`), with access tokens that they make in the settings. Only over HTTPS, except on loopback. `files.upload`, `files.download` and the sizes apply.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_FILES_WEBDAV',
  }),
  'files.shared': SharedFolders.default([]).register(FACTS, {
    text: 'Folders that groups of users share. Each has a `name`, a `path` (an absolute path, on one machine) or a `claim` (a PersistentVolumeClaim, on Kubernetes), and `groups`: labels of users, any of which is enough; `all` is everybody except guests. With `readOnly`, nobody can change it. `gid` is a group that its users get in their desktops. It is in the home folder at `Shared/NAME`; see [files](files.md#shared-folders).',
    read: 'json',
    type: 'list of folders, as JSON in the variable',
    variable: 'DESKPOD_FILES_SHARED',
  }),
  'files.maxUpload': Bytes.optional().register(FACTS, {
    text: 'Largest file that can be uploaded. On one machine, never more than `limits.home` leaves free.',
    read: 'text',
    type: 'amount of memory',
    fallback: 'no limit',
    variable: 'DESKPOD_FILES_MAX_UPLOAD',
  }),
  'files.maxDownload': Bytes.optional().register(FACTS, {
    text: 'Largest file that can be downloaded; also of all files together that are downloaded as an archive.',
    read: 'text',
    type: 'amount of memory',
    fallback: 'no limit',
    variable: 'DESKPOD_FILES_MAX_DOWNLOAD',
  }),
} as const;
