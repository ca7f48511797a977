/** The texts about several screens and windows of apps, in German: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: 'Bildschirm',
    add: 'Bildschirm hinzufügen',
    words: 'Monitor Anzeige Fenster zweiter',
    popOut: 'In eigenem Fenster öffnen',
    pullBack: 'Zurück auf den Desktop',
    main: 'Auf den Hauptbildschirm verschieben',
    moveTo: (number: number) => `Auf Bildschirm ${number} verschieben`,
    most: (count: number) => `Ein Desktop kann höchstens ${count} Bildschirme haben.`,
    blocked:
      'Der Browser hat das neue Fenster blockiert. Erlauben Sie Pop-ups für diese Seite und versuchen Sie es noch einmal.',
    refused: (reason: string) => `Der Desktop kann diese Bildschirme nicht haben: ${reason}`,
    waiting: 'Der Desktop macht Platz für diesen Bildschirm …',
    alone:
      'Die Hauptseite des Desktops ist geschlossen. Dieses Fenster funktioniert weiter; um seine Größe zu ändern, öffnen Sie die Hauptseite.',
  },
};
