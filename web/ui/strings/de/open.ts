/** The texts about opening files and links, in German: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Öffnen mit',
    always: {
      files: (ext: string) => `Dateien mit der Endung ${ext} immer mit dieser App öffnen`,
      plainFiles: 'Dateien ohne Endung immer mit dieser App öffnen',
      folders: 'Ordner immer mit dieser App öffnen',
      links: 'Links immer mit dieser App öffnen',
      addresses: 'E-Mail-Adressen immer mit dieser App öffnen',
    },
    link: (url: string) => `Eine App möchte einen Link in Ihrem Browser öffnen: ${url}`,
    noApp: (name: string) => `Es gibt keine App „${name}“, die Sie nutzen können.`,
    openLink: 'Link öffnen',
  },
  defaultApps: {
    hint: 'Diese Dateien und Links werden immer mit der App daneben geöffnet.',
    what: 'Dateien und Links',
    app: 'App',
    files: (ext) => `Dateien mit der Endung ${ext}`,
    plainFiles: 'Dateien ohne Endung',
    folders: 'Ordner',
    links: 'Links',
    addresses: 'E-Mail-Adressen',
    appFor: (what) => `App: ${what}`,
    gone: (name) => `${name} (nicht mehr verfügbar)`,
    remove: 'Entfernen',
    removeFor: (what) => `Entfernen: ${what}`,
    empty: 'Noch keine Standard-Apps',
    emptyHint:
      'Wenn Deskpod fragt, welche App eine Datei oder einen Link öffnet, wählen Sie eine und dazu „… immer mit dieser App öffnen“.',
  },
  foundFiles: {
    show: 'In Dateien zeigen',
    searching: 'Ihre Dateien werden durchsucht …',
    partly: 'Nur ein Teil Ihrer Dateien wurde durchsucht.',
    failed: 'Ihre Dateien können gerade nicht durchsucht werden.',
  },
  launchedFiles: {
    sending: (name, app) => `${name} wird nach Downloads hochgeladen und dann mit ${app} geöffnet.`,
    notSent: (name) => `${name} wurde nicht geöffnet, weil die Datei nicht hochgeladen wurde.`,
    unreadable: (name) => `Ihr Browser kann ${name} nicht lesen.`,
    tooMany: (most) => `Nur die ersten ${most} Dateien werden geöffnet.`,
  },
  copiedFiles: {
    outside: (names) => `Nur Dateien aus Ihrem Home-Ordner können hier eingefügt werden. Nicht eingefügt: ${names}`,
  },
};
