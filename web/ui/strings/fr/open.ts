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
  defaultApps: {
    hint: 'Ces fichiers et ces liens s’ouvrent toujours avec l’application indiquée.',
    what: 'Fichiers et liens',
    app: 'Application',
    files: (ext) => `Fichiers ${ext}`,
    plainFiles: 'Fichiers sans extension',
    folders: 'Dossiers',
    links: 'Liens',
    addresses: 'Adresses e-mail',
    appFor: (what) => `Application : ${what}`,
    gone: (name) => `${name} (n’est plus disponible)`,
    remove: 'Supprimer',
    removeFor: (what) => `Supprimer : ${what}`,
    empty: 'Aucune application par défaut',
    emptyHint:
      'Quand Deskpod demande quelle application doit ouvrir un fichier ou un lien, choisissez-en une et cochez « Toujours ouvrir … ».',
  },
  foundFiles: {
    show: 'Afficher dans Fichiers',
    searching: 'Recherche dans vos fichiers …',
    partly: 'Seule une partie de vos fichiers a été parcourue.',
    failed: 'La recherche dans vos fichiers est impossible pour le moment.',
  },
  launchedFiles: {
    sending: (name, app) => `${name} est envoyé dans Téléchargements, puis ouvert avec ${app}.`,
    notSent: (name) => `${name} n’a pas été ouvert, car le fichier n’a pas été envoyé.`,
    unreadable: (name) => `Votre navigateur ne peut pas lire ${name}.`,
    tooMany: (most) => `Seuls les ${most} premiers fichiers sont ouverts.`,
  },
  copiedFiles: {
    outside: (names) => `Seuls les fichiers de votre dossier personnel peuvent être collés ici. Non collés : ${names}`,
  },
};
