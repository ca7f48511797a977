/** The texts about opening files and links, in Portuguese: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Abrir com',
    always: {
      files: (ext: string) => `Sempre abrir arquivos ${ext} com este aplicativo`,
      plainFiles: 'Sempre abrir arquivos sem extensão com este aplicativo',
      folders: 'Sempre abrir pastas com este aplicativo',
      links: 'Sempre abrir links com este aplicativo',
      addresses: 'Sempre abrir endereços de e-mail com este aplicativo',
    },
    link: (url: string) => `Um aplicativo quer abrir um link no seu navegador: ${url}`,
    noApp: (name: string) => `Não há nenhum aplicativo “${name}” que você possa usar.`,
    openLink: 'Abrir link',
  },
};
