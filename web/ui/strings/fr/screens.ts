/** The texts about several screens and windows of apps, in French: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: 'Écran',
    add: 'Ajouter un écran',
    words: 'moniteur affichage fenêtre second deuxième',
    popOut: 'Ouvrir dans sa propre fenêtre',
    pullBack: 'Ramener sur le bureau',
    main: 'Déplacer vers l’écran principal',
    moveTo: (number: number) => `Déplacer vers l’écran ${number}`,
    most: (count: number) => `Un bureau peut avoir au plus ${count} écrans.`,
    blocked:
      'Le navigateur a bloqué la nouvelle fenêtre. Autorisez les fenêtres pop-up pour cette page, puis réessayez.',
    refused: (reason: string) => `Le bureau ne peut pas avoir ces écrans : ${reason}`,
    waiting: 'Le bureau fait de la place pour cet écran…',
    alone:
      'La page principale du bureau est fermée. Cette fenêtre continue de fonctionner ; ouvrez la page principale pour en changer la taille.',
  },
};
