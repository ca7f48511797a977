/** The texts about several screens and windows of apps, in Italian: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: 'Schermo',
    add: 'Aggiungi uno schermo',
    words: 'monitor finestra secondo',
    popOut: 'Apri in una finestra separata',
    pullBack: 'Riporta sul desktop',
    main: 'Sposta sullo schermo principale',
    moveTo: (number: number) => `Sposta sullo schermo ${number}`,
    most: (count: number) => `Un desktop può avere al massimo ${count} schermi.`,
    blocked: 'Il browser ha bloccato la nuova finestra. Consenti i popup per questa pagina e riprova.',
    refused: (reason: string) => `Il desktop non può avere questi schermi: ${reason}`,
    waiting: 'Il desktop sta facendo spazio a questo schermo…',
    alone:
      'La pagina principale del desktop è chiusa. Questa finestra continua a funzionare; per cambiarne le dimensioni apri la pagina principale.',
  },
};
