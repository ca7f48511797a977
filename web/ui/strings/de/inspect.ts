/** The texts of *Inspect*, in German: a part of strings.ts. */
import type { InspectStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const inspect: InspectStrings = {
  inspect: {
    title: (desktop) => `${desktop} untersuchen`,
    short: 'Untersuchen',
    open: 'Untersuchen',
    openDesktop: 'Desktop untersuchen',
    theDesktop: 'den Desktop',
    words:
      'container namespaces prozesse sockets ereignisse umgebung beschreiben yaml debuggen toolbox kubectl inspect',
    ofDesktop: 'Container, Namespaces und Prozesse Ihres Desktops',
    views: 'Ansichten',
    tabs: {
      containers: 'Container',
      namespaces: 'Namespaces',
      processes: 'Prozesse',
      sockets: 'Sockets',
      events: 'Ereignisse',
      environment: 'Umgebung',
      describe: 'Beschreibung',
      yaml: 'YAML',
    },
    stale: 'veraltet: keine Verbindung',
    none: 'Keine Container',
    noneHint: 'Container erscheinen hier, sobald die Engine sie erstellt hat.',
    nothingRuns: 'Keine laufenden Container',
    nothingRunsHint:
      'Nur laufende Container haben Namespaces. Was beendet wurde und warum, sehen Sie unter „Container“.',
    noProcessesHint: 'Was beendet wurde und warum, sehen Sie unter „Container“.',
    noSockets: 'Keine offenen Sockets',
    noEvents: 'Keine Ereignisse',
    noEventsHint: 'Engines bewahren Ereignisse nur begrenzte Zeit auf, meist eine Stunde.',
    noText: 'Die Engine hat keine Beschreibung geliefert.',
    diagram: 'Diagramm des Desktops: seine Container und die Namespaces, die sie teilen',
    running: 'Laufende und wartende Container',
    frame: (desktop) => `Desktop ${desktop}`,
    beside: 'Außerhalb des Desktops',
    besideShort: 'eigener Pod',
    inTable: (count) =>
      many(count, {
        one: '# beendeter Container steht nur in der Tabelle.',
        other: '# beendete Container stehen nur in der Tabelle.',
      }),
    noNamespaces: 'Die gemeinsamen Namespaces konnten nicht gelesen werden.',
    choose:
      'Wählen Sie einen Container aus, um Details zu sehen, ihn zu debuggen oder die entsprechenden Befehle zu kopieren.',
    kinds: { service: 'Dienst', launch: 'App', toolbox: 'Toolbox', foreign: 'Debug, nicht von Deskpod hinzugefügt' },
    states: {
      running: 'läuft',
      waiting: 'wartet',
      finished: 'beendet',
      exit: (code) => `Exit-Code ${code}`,
    },
    by: (who) => `von ${who}`,
    container: 'Container',
    kind: 'Art',
    image: 'Image',
    state: 'Status, Exit-Code, Grund',
    restarts: 'Neustarts',
    since: 'Seit',
    startedBy: 'Gestartet von',
    launch: 'Start',
    process: 'Hauptprozess (PID)',
    finishedOnes: (count) =>
      count === 0 ? 'Keine beendeten Container.' : many(count, { one: '# beendet.', other: '# beendet.' }),
    size: (used, most) => `Das Objekt ist ${used} groß (höchstens ${most}).`,
    commands: 'Entsprechende Befehle',
    copyLine: (does) => `Kopieren: ${does}`,
    does: {
      exec: 'Shell darin öffnen',
      debug: 'Toolbox dafür starten',
      attach: 'Mit dem Terminal verbinden',
      logs: 'Protokoll anzeigen',
      describe: 'Beschreibung anzeigen',
      nsenter: 'In die Namespaces wechseln',
    },
    namespacesHint:
      'Vom Kernel gelesen. Container mit demselben Buchstaben in einer Spalte teilen diesen Namespace. Ein gestrichelt umrandeter Buchstabe steht für einen nicht geteilten Namespace.',
    namespaceKinds: {
      mnt: 'Mounts',
      pid: 'Prozesse',
      net: 'Netzwerk',
      ipc: 'Shared Memory und Message-Queues',
      uts: 'Hostname',
      user: 'Benutzer-IDs',
      cgroup: 'Control-Groups',
    },
    unreadable: 'nicht lesbar',
    sharedOne: 'mit einem anderen Container dieses Desktops geteilt',
    ownOne: 'mit keinem anderen Container dieses Desktops geteilt',
    compare: (name) => `${name} vergleichen`,
    chooseTwo: 'Wählen Sie zwei Zeilen aus, um sie zu vergleichen.',
    pair: (first, second, { shared, own, unknown }) =>
      [
        shared.length === 0
          ? `${first} und ${second} haben keinen gemeinsamen Namespace.`
          : `${first} und ${second} teilen: ${listed(shared)}.`,
        own.length === 0 ? null : `Jeweils eigene Namespaces: ${listed(own)}.`,
        unknown.length === 0 ? null : `Nicht lesbar: ${listed(unknown)}.`,
      ]
        .filter((part) => part !== null)
        .join(' '),
    processColumns: {
      pid: 'PID',
      container: 'Container',
      user: 'Benutzer',
      cpu: 'CPU',
      memory: 'Arbeitsspeicher',
      command: 'Befehl',
    },
    unknown: 'unbekannt',
    zombie: 'Zombie',
    halted: 'angehalten',
    socketColumns: {
      protocol: 'Protokoll',
      local: 'Lokale Adresse',
      remote: 'Entfernte Adresse',
      state: 'Status',
      pid: 'PID',
      container: 'Netzwerk von',
    },
    eventColumns: { at: 'Zeit', about: 'Objekt', reason: 'Grund', message: 'Meldung' },
    object: 'Objekt',
  },
};
