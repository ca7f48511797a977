/** The texts about printing, in Italian: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `«${name}» è pronto per la stampa.`,
    missed: (count) =>
      many(count, {
        one: '# documento è stato stampato in tua assenza.',
        other: '# documenti sono stati stampati in tua assenza.',
      }),
    failed: (name) => `«${name}» non può essere stampato da qui. Aprilo e stampalo dalla sua pagina.`,
    print: 'Stampa',
    open: 'Apri',
    save: 'Salva',
    remove: 'Elimina',
    list: 'Mostra le stampe',
    automatic: 'Apri la finestra di stampa quando un’app stampa',
    automaticHint: 'Altrimenti compare una notifica.',
    empty: 'Non è stato ancora stampato nulla',
    emptyHint:
      'Stampa da qualsiasi app con la stampante «Print to my computer». Il documento compare qui, e come file PDF nella cartella PDF della tua cartella home.',
    name: 'Documento',
    size: 'Dimensione',
    time: 'Stampato',
    isNew: 'nuovo',
    only: (shown, total) => `Sono elencati i ${shown} documenti più recenti su ${total}.`,
    removeTitle: (name) => `Eliminare «${name}»?`,
    removeText: 'Il file PDF viene eliminato dalla tua cartella home.',
  },
};
