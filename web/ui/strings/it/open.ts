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
  defaultApps: {
    hint: 'Questi file e link si aprono sempre con l’app indicata.',
    what: 'File e link',
    app: 'App',
    files: (ext) => `File ${ext}`,
    plainFiles: 'File senza estensione',
    folders: 'Cartelle',
    links: 'Link',
    addresses: 'Indirizzi email',
    appFor: (what) => `App: ${what}`,
    gone: (name) => `${name} (non più disponibile)`,
    remove: 'Rimuovi',
    removeFor: (what) => `Rimuovi: ${what}`,
    empty: 'Ancora nessuna app predefinita',
    emptyHint:
      'Quando Deskpod chiede con quale app aprire un file o un link, scegline una e seleziona «Apri sempre …».',
  },
  foundFiles: {
    show: 'Mostra in File',
    searching: 'Ricerca nei tuoi file …',
    partly: 'È stata cercata solo una parte dei tuoi file.',
    failed: 'Al momento non è possibile cercare nei tuoi file.',
  },
  launchedFiles: {
    sending: (name, app) => `${name} viene caricato in Download e poi aperto con ${app}.`,
    notSent: (name) => `${name} non è stato aperto perché non è stato caricato.`,
    unreadable: (name) => `Il tuo browser non può leggere ${name}.`,
    tooMany: (most) => `Vengono aperti solo i primi ${most} file.`,
  },
  copiedFiles: {
    outside: (names) => `Qui si possono incollare solo file della tua cartella home. Non incollati: ${names}`,
  },
};
