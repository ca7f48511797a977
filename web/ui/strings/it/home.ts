/** The texts about files in the home folder, in Italian: a part of strings.ts. */
import type { HomeSentence, HomeStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const homeSentence: HomeSentence = (home) =>
  home === null
    ? ''
    : home === 'kept'
      ? ' I file della tua cartella home vengono conservati.'
      : ' I file della tua cartella home vengono eliminati.';

export const home: HomeStrings = {
  home: {
    mark: 'File temporanei',
    markTitle: 'I file della tua cartella home vengono eliminati quando questo desktop termina',
    title: 'I tuoi file vengono eliminati quando questo desktop termina',
    text: 'La cartella home di questo desktop non viene conservata. I suoi file vengono eliminati quando esci, quando il desktop viene ricreato o rimosso e quando la sua macchina si riavvia. La disconnessione non elimina nulla. Scarica i file che ti servono o salvali altrove.',
    pods: 'Un’app nel proprio pod ha una cartella home propria, che viene eliminata quando l’app termina.',
    kept: 'I file della tua cartella home vengono conservati.',
    lost: 'I file della tua cartella home vengono eliminati:',
    empty: 'Nessun file della tua cartella home è cambiato dalla creazione del desktop.',
    total: (count, size) => `${many(count, { one: '# file', other: '# file' })}, ${size}`,
    newest: (shown) =>
      many(shown, { one: 'è elencato l’ultimo modificato', other: 'sono elencati gli ultimi # modificati' }),
    incomplete: 'Potrebbero essercene altri: alcune cartelle non erano leggibili o hanno richiesto troppo tempo.',
    leftOut: (names) => `Non elencati né scaricati: ${listed(names)} (cache).`,
    list: 'File della tua cartella home',
    failed: 'I file della tua cartella home vengono eliminati. Non è stato possibile elencarli:',
    download: 'Scarica tutti i file',
    downloadHint: 'In un unico archivio (tar.gz)',
    notIdle: 'Non puoi programmare questa operazione per quando sei assente, perché elimina dei file.',
  },
};
