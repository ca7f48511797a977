/** The texts of *Inspect*, in Italian: a part of strings.ts. */
import type { InspectStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const inspect: InspectStrings = {
  inspect: {
    title: (desktop) => `Ispeziona ${desktop}`,
    short: 'Ispeziona',
    open: 'Ispeziona',
    openDesktop: 'Ispeziona il desktop',
    theDesktop: 'il desktop',
    words:
      'container namespace processi socket eventi ambiente describe yaml debug cassetta degli attrezzi toolbox kubectl',
    ofDesktop: 'Container, namespace e processi del tuo desktop',
    views: 'Viste dell’ispezione',
    tabs: {
      containers: 'Container',
      namespaces: 'Namespace',
      processes: 'Processi',
      sockets: 'Socket',
      events: 'Eventi',
      environment: 'Ambiente',
      describe: 'Descrizione',
      yaml: 'YAML',
    },
    stale: 'non aggiornato: nessuna connessione',
    none: 'Nessun container',
    noneHint: 'I container appaiono qui quando il motore li ha creati.',
    nothingRuns: 'Nessun container in esecuzione',
    nothingRunsHint:
      'Solo i container in esecuzione hanno dei namespace. Per vedere che cosa è terminato e perché, apri Container.',
    noProcessesHint: 'Per vedere che cosa è terminato e perché, apri Container.',
    noSockets: 'Nessun socket aperto',
    noEvents: 'Nessun evento',
    noEventsHint: 'I motori conservano gli eventi per un tempo limitato, di solito un’ora.',
    noText: 'Il motore non ha restituito alcuna descrizione.',
    diagram: 'Diagramma del desktop: i suoi container e i namespace che condividono',
    running: 'Container in esecuzione e in attesa',
    frame: (desktop) => `Desktop ${desktop}`,
    beside: 'Fuori dal desktop',
    besideShort: 'pod proprio',
    inTable: (count) =>
      many(count, {
        one: '# container terminato è elencato solo nella tabella.',
        other: '# container terminati sono elencati solo nella tabella.',
      }),
    noNamespaces: 'Impossibile leggere i namespace condivisi.',
    choose: 'Seleziona un container per vederne i dettagli, eseguirne il debug o copiare i comandi equivalenti.',
    kinds: {
      service: 'servizio',
      launch: 'app',
      toolbox: 'cassetta degli attrezzi',
      foreign: 'debug, non aggiunto da Deskpod',
    },
    states: {
      running: 'in esecuzione',
      waiting: 'in attesa',
      finished: 'terminato',
      exit: (code) => `uscita ${code}`,
    },
    by: (who) => `da ${who}`,
    container: 'Container',
    kind: 'Tipo',
    image: 'Immagine',
    state: 'Stato, codice di uscita, motivo',
    restarts: 'Riavvii',
    since: 'Da',
    startedBy: 'Avviato da',
    launch: 'Esecuzione',
    process: 'Processo principale (PID)',
    finishedOnes: (count) =>
      count === 0 ? 'Nessun container terminato.' : many(count, { one: '# terminato.', other: '# terminati.' }),
    size: (used, most) => `L’oggetto occupa ${used} su ${most}.`,
    commands: 'Comandi equivalenti',
    copyLine: (does) => `Copia: ${does}`,
    does: {
      exec: 'Apri una shell al suo interno',
      debug: 'Avvia una cassetta degli attrezzi accanto',
      attach: 'Collegati al suo terminale',
      logs: 'Mostra il suo log',
      describe: 'Mostra la sua descrizione',
      nsenter: 'Entra nei suoi namespace',
    },
    namespacesHint:
      'Dati letti dal kernel. I container con la stessa lettera in una colonna condividono quel namespace. Una lettera tratteggiata indica che non è condiviso.',
    namespaceKinds: {
      mnt: 'Mount',
      pid: 'Processi',
      net: 'Rete',
      ipc: 'Memoria condivisa e code di messaggi',
      uts: 'Nome host',
      user: 'ID utente',
      cgroup: 'Gruppi di controllo',
    },
    unreadable: 'non leggibile',
    sharedOne: 'condiviso con un altro container di questo desktop',
    ownOne: 'non condiviso con altri container di questo desktop',
    compare: (name) => `Confronta ${name}`,
    chooseTwo: 'Seleziona due righe per confrontarle.',
    pair: (first, second, { shared, own, unknown }) =>
      [
        shared.length === 0
          ? `${first} e ${second} non condividono alcun namespace.`
          : `${first} e ${second} condividono: ${listed(shared)}.`,
        own.length === 0 ? null : `Ciascuno ha per conto proprio: ${listed(own)}.`,
        unknown.length === 0 ? null : `Non leggibile: ${listed(unknown)}.`,
      ]
        .filter((part) => part !== null)
        .join(' '),
    processColumns: {
      pid: 'PID',
      container: 'Container',
      user: 'Utente',
      cpu: 'CPU',
      memory: 'Memoria',
      command: 'Comando',
    },
    unknown: 'sconosciuto',
    zombie: 'zombie',
    halted: 'fermato',
    socketColumns: {
      protocol: 'Protocollo',
      local: 'Indirizzo locale',
      remote: 'Indirizzo remoto',
      state: 'Stato',
      pid: 'PID',
      container: 'Rete di',
    },
    eventColumns: { at: 'Ora', about: 'Oggetto', reason: 'Motivo', message: 'Messaggio' },
    object: 'Oggetto',
  },
};
