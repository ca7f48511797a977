/** The texts of *Inspect*, in French: a part of strings.ts. */
import type { InspectStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const inspect: InspectStrings = {
  inspect: {
    title: (desktop) => `Inspecter ${desktop}`,
    short: 'Inspecter',
    open: 'Inspecter',
    openDesktop: 'Inspecter le bureau',
    theDesktop: 'le bureau',
    words:
      'conteneurs espaces de noms processus sockets événements environnement description yaml débogage boîte à outils kubectl inspect',
    ofDesktop: 'Conteneurs, espaces de noms et processus de votre bureau',
    views: 'Vues',
    tabs: {
      containers: 'Conteneurs',
      namespaces: 'Espaces de noms',
      processes: 'Processus',
      sockets: 'Sockets',
      events: 'Événements',
      environment: 'Environnement',
      describe: 'Description',
      yaml: 'YAML',
    },
    stale: 'pas à jour : aucune connexion',
    none: 'Aucun conteneur',
    noneHint: 'Les conteneurs apparaissent ici dès que le moteur les a créés.',
    nothingRuns: 'Aucun conteneur en cours d’exécution',
    nothingRunsHint:
      'Seuls les conteneurs en cours d’exécution ont des espaces de noms. Pour voir ce qui s’est terminé et pourquoi, ouvrez « Conteneurs ».',
    noProcessesHint: 'Pour voir ce qui s’est terminé et pourquoi, ouvrez « Conteneurs ».',
    noSockets: 'Aucun socket ouvert',
    noEvents: 'Aucun événement',
    noEventsHint: 'Les moteurs conservent les événements pendant une durée limitée, en général une heure.',
    noText: 'Le moteur n’a renvoyé aucune description.',
    diagram: 'Schéma du bureau : ses conteneurs et les espaces de noms qu’ils partagent',
    running: 'Conteneurs en cours d’exécution ou en attente',
    frame: (desktop) => `Bureau ${desktop}`,
    beside: 'Hors du bureau',
    besideShort: 'pod distinct',
    inTable: (count) =>
      many(count, {
        one: '# conteneur terminé figure seulement dans le tableau.',
        other: '# conteneurs terminés figurent seulement dans le tableau.',
      }),
    noNamespaces: 'Impossible de lire les espaces de noms partagés.',
    choose: 'Sélectionnez un conteneur pour voir ses détails, le déboguer ou copier les commandes équivalentes.',
    kinds: {
      service: 'service',
      launch: 'application',
      toolbox: 'boîte à outils',
      foreign: 'débogage, non ajouté par Deskpod',
    },
    states: {
      running: 'en cours',
      waiting: 'en attente',
      finished: 'terminé',
      exit: (code) => `code ${code}`,
    },
    by: (who) => `par ${who}`,
    container: 'Conteneur',
    kind: 'Type',
    image: 'Image',
    state: 'État, code de sortie, raison',
    restarts: 'Redémarrages',
    since: 'Depuis',
    startedBy: 'Lancé par',
    launch: 'Lancement',
    process: 'Processus principal (PID)',
    finishedOnes: (count) =>
      count === 0 ? 'Aucun conteneur terminé.' : many(count, { one: '# terminé.', other: '# terminés.' }),
    size: (used, most) => `Taille de l’objet : ${used} sur ${most}.`,
    commands: 'Commandes équivalentes',
    copyLine: (does) => `Copier : ${does}`,
    does: {
      exec: 'Y ouvrir un shell',
      debug: 'Lancer une boîte à outils pour lui',
      attach: 'S’attacher à son terminal',
      logs: 'Afficher son journal',
      describe: 'Afficher sa description',
      nsenter: 'Entrer dans ses espaces de noms',
    },
    namespacesHint:
      'Lus dans le noyau. Les conteneurs ayant la même lettre dans une colonne partagent cet espace de noms. Une lettre en pointillés indique qu’il n’est pas partagé.',
    namespaceKinds: {
      mnt: 'Montages',
      pid: 'Processus',
      net: 'Réseau',
      ipc: 'Mémoire partagée et files de messages',
      uts: 'Nom d’hôte',
      user: 'Identifiants d’utilisateur',
      cgroup: 'Groupes de contrôle',
    },
    unreadable: 'illisible',
    sharedOne: 'partagé avec un autre conteneur de ce bureau',
    ownOne: 'non partagé avec un autre conteneur de ce bureau',
    compare: (name) => `Comparer ${name}`,
    chooseTwo: 'Sélectionnez deux lignes pour les comparer.',
    pair: (first, second, { shared, own, unknown }) =>
      [
        shared.length === 0
          ? `${first} et ${second} ne partagent aucun espace de noms.`
          : `${first} et ${second} partagent : ${listed(shared)}.`,
        own.length === 0 ? null : `Propres à chacun : ${listed(own)}.`,
        unknown.length === 0 ? null : `Illisibles : ${listed(unknown)}.`,
      ]
        .filter((part) => part !== null)
        .join(' '),
    processColumns: {
      pid: 'PID',
      container: 'Conteneur',
      user: 'Utilisateur',
      cpu: 'Processeur',
      memory: 'Mémoire',
      command: 'Commande',
    },
    unknown: 'inconnu',
    zombie: 'zombie',
    halted: 'suspendu',
    socketColumns: {
      protocol: 'Protocole',
      local: 'Adresse locale',
      remote: 'Adresse distante',
      state: 'État',
      pid: 'PID',
      container: 'Réseau de',
    },
    eventColumns: { at: 'Heure', about: 'Objet', reason: 'Raison', message: 'Message' },
    object: 'Objet',
  },
};
