/** The texts about opening files and links, in Italian: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Apri con',
    always: {
      files: (ext: string) => `Apri sempre i file ${ext} con questa app`,
      plainFiles: 'Apri sempre i file senza estensione con questa app',
      folders: 'Apri sempre le cartelle con questa app',
      links: 'Apri sempre i link con questa app',
      addresses: 'Apri sempre gli indirizzi email con questa app',
    },
    link: (url: string) => `Un’app vuole aprire un link nel tuo browser: ${url}`,
    noApp: (name: string) => `Non esiste un’app “${name}” che puoi usare.`,
    openLink: 'Apri link',
  },
};
