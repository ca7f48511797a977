/** The texts of *Inspect*, in English: a part of strings.ts. */
import { listed, many } from './grammar.ts';

export interface NamespaceComparison {
  readonly shared: readonly string[];
  readonly own: readonly string[];
  readonly unknown: readonly string[];
}

export const inspect = {
  inspect: {
    title: (desktop: string) => `Inspect ${desktop}`,
    short: 'Inspect',
    open: 'Inspect',
    openDesktop: 'Inspect desktop',
    theDesktop: 'the desktop',
    words: 'containers namespaces processes sockets events environment describe yaml debug toolbox kubectl',
    ofDesktop: 'Containers, namespaces and processes of your desktop',
    views: 'Inspect views',
    tabs: {
      containers: 'Containers',
      namespaces: 'Namespaces',
      processes: 'Processes',
      sockets: 'Sockets',
      events: 'Events',
      environment: 'Environment',
      describe: 'Describe',
      yaml: 'YAML',
    },
    stale: 'out of date: no connection',
    none: 'No containers',
    noneHint: 'Containers appear here once the engine has created them.',
    nothingRuns: 'No running containers',
    nothingRunsHint: 'Only running containers have namespaces. To see what has ended and why, open Containers.',
    noProcessesHint: 'To see what has ended and why, open Containers.',
    noSockets: 'No open sockets',
    noEvents: 'No events',
    noEventsHint: 'Engines keep events for a limited time, usually one hour.',
    noText: 'The engine returned no description.',
    diagram: 'Diagram of the desktop: its containers and the namespaces they share',
    running: 'Running and waiting containers',
    frame: (desktop: string) => `Desktop ${desktop}`,
    beside: 'Outside the desktop',
    besideShort: 'own pod',
    inTable: (count: number) =>
      `${many(count, { one: '# finished container is', other: '# finished containers are' })} listed in the table only.`,
    noNamespaces: 'Couldn’t read the shared namespaces.',
    choose: 'Select a container to see its details, debug it, or copy the equivalent commands.',
    kinds: { service: 'service', launch: 'app', toolbox: 'toolbox', foreign: 'debug, not added by Deskpod' },
    states: {
      running: 'running',
      waiting: 'waiting',
      finished: 'finished',
      exit: (code: number) => `exit ${code}`,
    },
    by: (who: string) => `by ${who}`,
    container: 'Container',
    kind: 'Kind',
    image: 'Image',
    state: 'State, exit code, reason',
    restarts: 'Restarts',
    since: 'Since',
    startedBy: 'Started by',
    launch: 'Launch',
    process: 'Main process (PID)',
    finishedOnes: (count: number) =>
      count === 0 ? 'No finished containers.' : many(count, { one: '# finished.', other: '# finished.' }),
    size: (used: string, most: string) => `The object’s size is ${used} of ${most}.`,
    commands: 'Equivalent commands',
    copyLine: (does: string) => `Copy: ${does}`,
    does: {
      exec: 'Open a shell in it',
      debug: 'Start a toolbox for it',
      attach: 'Attach to its terminal',
      logs: 'Show its log',
      describe: 'Describe it',
      nsenter: 'Enter its namespaces',
    },
    namespacesHint:
      'Read from the kernel. Containers with the same letter in a column share that namespace. A dashed letter means it isn’t shared.',
    namespaceKinds: {
      mnt: 'Mounts',
      pid: 'Processes',
      net: 'Network',
      ipc: 'Shared memory and message queues',
      uts: 'Hostname',
      user: 'User IDs',
      cgroup: 'Control groups',
    },
    unreadable: 'not readable',
    sharedOne: 'shared with another container of this desktop',
    ownOne: 'not shared with another container of this desktop',
    compare: (name: string) => `Compare ${name}`,
    chooseTwo: 'Select two rows to compare them.',
    pair: (first: string, second: string, { shared, own, unknown }: NamespaceComparison) =>
      [
        shared.length === 0
          ? `${first} and ${second} share no namespace.`
          : `${first} and ${second} share ${listed(shared)}.`,
        own.length === 0 ? null : `Each has its own ${listed(own)}.`,
        unknown.length === 0 ? null : `Not readable: ${listed(unknown)}.`,
      ]
        .filter((part) => part !== null)
        .join(' '),
    processColumns: {
      pid: 'PID',
      container: 'Container',
      user: 'User',
      cpu: 'CPU',
      memory: 'Memory',
      command: 'Command',
    },
    unknown: 'unknown',
    zombie: 'zombie',
    halted: 'stopped',
    socketColumns: {
      protocol: 'Protocol',
      local: 'Local address',
      remote: 'Remote address',
      state: 'State',
      pid: 'PID',
      container: 'Network of',
    },
    eventColumns: { at: 'Time', about: 'Object', reason: 'Reason', message: 'Message' },
    object: 'Object',
  },
};
