/** The texts about printing, in French: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `« ${name} » est prêt à être imprimé.`,
    missed: (count) =>
      many(count, {
        one: '# document a été imprimé en votre absence.',
        other: '# documents ont été imprimés en votre absence.',
      }),
    failed: (name) => `« ${name} » ne peut pas être imprimé d’ici. Ouvrez-le et imprimez-le depuis sa page.`,
    print: 'Imprimer',
    open: 'Ouvrir',
    save: 'Enregistrer',
    remove: 'Supprimer',
    list: 'Afficher les impressions',
    automatic: 'Ouvrir la boîte de dialogue d’impression quand une application imprime',
    automaticHint: 'Sinon, une notification s’affiche.',
    empty: 'Rien n’a encore été imprimé',
    emptyHint:
      'Imprimez depuis n’importe quelle application avec l’imprimante « Print to my computer ». Le document apparaît ici, et sous forme de fichier PDF dans le dossier PDF de votre dossier personnel.',
    name: 'Document',
    size: 'Taille',
    time: 'Imprimé',
    isNew: 'nouveau',
    only: (shown, total) => `Les ${shown} documents les plus récents sur ${total} sont affichés.`,
    removeTitle: (name) => `Supprimer « ${name} » ?`,
    removeText: 'Le fichier PDF est supprimé de votre dossier personnel.',
  },
};
