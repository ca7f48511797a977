/** The texts about opening files and links, in Spanish: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Abrir con',
    always: {
      files: (ext: string) => `Abrir siempre los archivos ${ext} con esta aplicación`,
      plainFiles: 'Abrir siempre los archivos sin extensión con esta aplicación',
      folders: 'Abrir siempre las carpetas con esta aplicación',
      links: 'Abrir siempre los enlaces con esta aplicación',
      addresses: 'Abrir siempre las direcciones de correo con esta aplicación',
    },
    link: (url: string) => `Una aplicación quiere abrir un enlace en su navegador: ${url}`,
    noApp: (name: string) => `No hay ninguna aplicación «${name}» que pueda usar.`,
    openLink: 'Abrir enlace',
  },
};
