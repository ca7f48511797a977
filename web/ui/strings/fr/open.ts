/** The texts about opening files and links, in French: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Ouvrir avec',
    always: {
      files: (ext: string) => `Toujours ouvrir les fichiers ${ext} avec cette application`,
      plainFiles: 'Toujours ouvrir les fichiers sans extension avec cette application',
      folders: 'Toujours ouvrir les dossiers avec cette application',
      links: 'Toujours ouvrir les liens avec cette application',
      addresses: 'Toujours ouvrir les adresses e-mail avec cette application',
    },
    link: (url: string) => `Une application souhaite ouvrir un lien dans votre navigateur : ${url}`,
    noApp: (name: string) => `Il n’existe aucune application « ${name} » que vous puissiez utiliser.`,
    openLink: 'Ouvrir le lien',
  },
};
