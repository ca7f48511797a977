/** The texts about access tokens, in Italian: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'File nel tuo gestore di file',
    hint: (name) =>
      `Apri la cartella home con il gestore di file del tuo computer. Il nome utente è “${name}” e la password è un token di accesso. Se il desktop non è in esecuzione, viene avviato.`,
    address: 'Indirizzo',
    copyAddress: 'Copia l’indirizzo',
    copyToken: 'Copia il token di accesso',
    finder: 'Finder (macOS): scegli Vai › Connessione al server e inserisci l’indirizzo.',
    explorer:
      'Esplora file (Windows): fai clic con il pulsante destro su Questo PC, scegli Connetti unità di rete e inserisci l’indirizzo.',
    gnome: 'File di GNOME: scegli Altre posizioni o Rete e inserisci l’indirizzo che inizia con dav.',
    name: 'Nome',
    nameHint: 'per esempio quello del computer',
    lifetime: 'Scadenza',
    never: 'mai',
    days: (count) => many(count, { one: '# giorno', other: '# giorni' }),
    make: 'Crea un token di accesso',
    made: (name) =>
      `Il token di accesso per “${name}” viene mostrato una sola volta. Copialo ora e inseriscilo come password.`,
    close: 'Fatto',
    none: 'Nessun token di accesso',
    created: 'Creato',
    used: 'Ultimo uso',
    expires: 'Scadenza',
    revoke: 'Revoca',
    revokeNamed: (name) => `Revoca il token di accesso “${name}”`,
    scope:
      'Un token di accesso apre solo i tuoi file. Tutti terminano quando esci da tutte le sessioni e quando cambiano la password o i ruoli.',
    off: 'L’apertura dei file con altri programmi è disattivata su questo server.',
  },
};
