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
};
