/** The texts about opening files and links, in English: a part of strings.ts. */
export const open = {
  openWith: {
    title: 'Open with',
    always: {
      files: (ext: string) => `Always open files that end with ${ext} with this app`,
      plainFiles: 'Always open files without an extension with this app',
      folders: 'Always open folders with this app',
      links: 'Always open links with this app',
      addresses: 'Always open email addresses with this app',
    },
    link: (url: string) => `An app wants to open a link in your browser: ${url}`,
    noApp: (name: string) => `There is no app “${name}” that you can use.`,
    openLink: 'Open link',
  },
  defaultApps: {
    hint: 'These files and links always open with the app beside them.',
    what: 'Files and links',
    app: 'App',
    files: (ext: string) => `Files that end with ${ext}`,
    plainFiles: 'Files without an extension',
    folders: 'Folders',
    links: 'Links',
    addresses: 'Email addresses',
    appFor: (what: string) => `App: ${what}`,
    gone: (name: string) => `${name} (no longer available)`,
    remove: 'Remove',
    removeFor: (what: string) => `Remove: ${what}`,
    empty: 'No default apps yet',
    emptyHint: 'When Deskpod asks which app opens a file or link, choose one and select “Always open …”.',
  },
  foundFiles: {
    show: 'Show in Files',
    searching: 'Searching your files …',
    partly: 'Only a part of your files was searched.',
    failed: 'Your files can’t be searched now.',
  },
  launchedFiles: {
    sending: (name: string, app: string) => `${name} is uploaded to Downloads, then opened with ${app}.`,
    notSent: (name: string) => `${name} wasn’t opened, because it wasn’t uploaded.`,
    unreadable: (name: string) => `Your browser can’t read ${name}.`,
    tooMany: (most: number) => `Only the first ${most} files are opened.`,
  },
  copiedFiles: {
    outside: (names: string) => `Only files in your home folder can be pasted here. Not pasted: ${names}`,
  },
};
