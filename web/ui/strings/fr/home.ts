/** The texts about files in the home folder, in French: a part of strings.ts. */
import type { HomeSentence, HomeStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const homeSentence: HomeSentence = (home) =>
  home === null
    ? ''
    : home === 'kept'
      ? ' Les fichiers de votre dossier personnel sont conservés.'
      : ' Les fichiers de votre dossier personnel sont supprimés.';

export const home: HomeStrings = {
  home: {
    mark: 'Fichiers temporaires',
    markTitle: 'Les fichiers de votre dossier personnel sont supprimés à la fin de ce bureau',
    title: 'Vos fichiers sont supprimés à la fin de ce bureau',
    text: 'Le dossier personnel de ce bureau n’est pas conservé. Ses fichiers sont supprimés quand vous vous déconnectez, quand le bureau est reconstruit ou supprimé, et quand sa machine redémarre. Quitter l’affichage ne supprime rien. Téléchargez les fichiers dont vous avez besoin ou enregistrez-les ailleurs.',
    pods: 'Une application dans son propre pod a son propre dossier personnel, qui est supprimé quand elle se termine.',
    kept: 'Les fichiers de votre dossier personnel sont conservés.',
    lost: 'Les fichiers de votre dossier personnel sont supprimés :',
    empty: 'Aucun fichier de votre dossier personnel n’a changé depuis la création du bureau.',
    total: (count, size) => `${many(count, { one: '# fichier', other: '# fichiers' })}, ${size}`,
    newest: (shown) =>
      many(shown, {
        one: 'le dernier modifié est affiché',
        other: 'les # derniers modifiés sont affichés',
      }),
    incomplete: 'Il y en a peut-être d’autres : certains dossiers étaient illisibles ou trop longs à lire.',
    leftOut: (names) => `Ni affichés ni téléchargés : ${listed(names)} (caches).`,
    list: 'Fichiers de votre dossier personnel',
    failed: 'Les fichiers de votre dossier personnel sont supprimés. Leur liste n’a pas pu être obtenue :',
    download: 'Télécharger tous les fichiers',
    downloadHint: 'Dans une seule archive (tar.gz)',
    notIdle: 'Vous ne pouvez pas reporter cette opération à votre absence, car elle supprime des fichiers.',
  },
};
