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
};
