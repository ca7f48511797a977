/**
 * The map of the tree: every folder, its job and what it may import. `architecture.test.ts` enforces it, and the tables in
 * docs/architecture.md are generated from it.
 */

export interface Area {
  readonly job: string;
  /** The areas it may import besides itself; `everything` for the parts that wire the others together. */
  readonly imports: readonly string[] | 'everything';
}

/** One area is one folder (or one file) of `src`, or the browser's code. */
export const AREAS: Readonly<Record<string, Area>> = {
  protocol: { job: 'Zod schemas of every message on the wire, error codes', imports: [] },
  domain: {
    job: 'rules, names, policies and the ports to everything else; no I/O, no vendor types',
    imports: ['protocol'],
  },
  config: {
    job: 'turns files, environment variables and options into one typed `Config`; nothing else reads the environment',
    imports: ['domain', 'protocol'],
  },
  'containers-client': {
    job: 'client of the Docker-compatible API, and the image builder',
    imports: ['domain', 'protocol', 'config'],
  },
  engines: {
    job: '`containers` (Podman, Docker) and `kubernetes` behind the engine port; `shared` holds what both do; `remote` is an engine in another process',
    imports: ['domain', 'protocol', 'config', 'containers-client'],
  },
  display: {
    job: 'an X11 client of the desktop: windows, titles, icons, activate, close, place',
    imports: ['domain', 'protocol', 'config'],
  },
  webdav: {
    job: 'a client of the desktop’s files service: the folder of prints',
    imports: ['domain', 'protocol'],
  },
  auth: {
    job: 'directory, LDAP, guests, passwords, user tokens, tickets, keys, login limits',
    imports: ['domain', 'protocol', 'config'],
  },
  store: { job: 'SQLite and PostgreSQL behind the store port, migrations', imports: ['domain', 'protocol', 'config'] },
  http: {
    job: '`/api/v1`, the compatible `/API`, pages, health, speed test, TLS, forwarded headers',
    imports: ['domain', 'protocol', 'events'],
  },
  gateway: {
    job: 'screens, sound and terminals over WebSockets, the RFB handshake; `files` is WebDAV for pages, `dav` for file managers; `api` forwards requests to replicas of the api role',
    imports: ['domain', 'protocol', 'events'],
  },
  events: { job: 'one function per business event: log line, counter, audit record', imports: ['protocol'] },
  client: { job: 'typed client of `/api/v1` for browser and command line', imports: ['protocol'] },
  cli: { job: 'the `deskpod` command', imports: ['client', 'protocol'] },
  setup: {
    job: 'what `npm start` installs and builds first; uninstall',
    imports: ['domain', 'protocol', 'config', 'containers-client', 'engines', 'processes'],
  },
  processes: {
    job: 'on one machine: the engine process, which is root’s, and the server process without privileges',
    imports: ['domain', 'protocol', 'config', 'auth', 'engines', 'store', 'http', 'events'],
  },
  server: { job: 'one file per role: creates the parts and connects them', imports: 'everything' },
  main: { job: 'opens the roles and listens; only the command that runs the server imports it', imports: 'everything' },
  web: {
    job: 'the browser’s code: login, shell, screen, terminal, files, settings, debug, inspect, speed test',
    imports: ['client', 'protocol'],
  },
};

/** Top-level folders without an import rule. */
export const FOLDERS: Readonly<Record<string, string>> = {
  bin: '`deskpod.mjs`, the entry point: runs on Node 18 or newer, fetches npm packages and hands over to Node 24',
  images: 'Containerfiles and their scripts: base, desktop, services, toolboxes, apps, server',
  catalogue: 'the bundled apps as `docker inspect` documents, for other installations',
  deploy: 'manifests, Helm chart, install and uninstall scripts for Kubernetes; the systemd unit',
  bench:
    '`npm run bench`: waiting times of users compared with the engine’s own command line, and while another user is greedy; sound; typing beside uploads',
  docs: 'these pages; `api` (OpenAPI) and `config.md` are generated, `decisions` records why',
  test: '`unit` mirrors `src` and `web`; `contracts` has one suite per port; `integration`, `e2e` and `kubernetes` run the real parts, `apps` tries the apps, `fuzz` feeds damaged streams to parsers',
};

/** The folders of the domain. The files beside them, such as `errors.ts`, import none of them. */
export const FOLDERS_OF_DOMAIN: Readonly<
  Record<string, { readonly job: string; readonly imports: readonly string[] }>
> = {
  ports: { job: 'interfaces of engine, store, display, authentication and secret store', imports: [] },
  hints: { job: 'explains why a launch failed, with remedies', imports: [] },
  server: {
    job: 'what a server is to browsers and to other servers: event bus, replicas, sessions, revocations; timed work',
    imports: ['ports'],
  },
  catalogue: { job: 'apps, the state of their images, their runtimes and limits', imports: ['ports', 'server'] },
  launches: { job: 'starts, watches, stops and records launches', imports: ['ports', 'server'] },
  desktops: { job: 'starts, finds, rebuilds and removes desktops', imports: ['ports', 'server', 'launches'] },
  opening: {
    job: 'opens files and links: in the right app, or in the user’s own browser',
    imports: ['ports', 'server', 'catalogue', 'launches', 'desktops'],
  },
  debug: {
    job: 'debug sessions: policy, consent, toolboxes, copies, shared terminals, recordings',
    imports: ['ports', 'server', 'launches', 'desktops'],
  },
};

/**
 * Folders of an engine (`remote` has none), from the one that nothing below needs to the one that needs all others: each may import those
 * listed. `context.ts`, which all of them use, and `engine.ts`, which puts them together, lie beside the folders.
 */
export const FOLDERS_OF_ENGINES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  kubernetes: {
    cluster: [],
    exec: ['cluster'],
    specs: ['cluster'],
    pods: ['cluster', 'exec', 'specs'],
    host: ['cluster', 'exec', 'pods'],
    images: ['cluster', 'specs', 'pods'],
    desktops: ['cluster', 'exec', 'specs', 'pods'],
    launches: ['cluster', 'specs', 'pods', 'desktops'],
    debug: ['cluster', 'exec', 'specs', 'pods', 'desktops'],
  },
  containers: {
    pods: [],
    specs: ['pods'],
    host: ['pods'],
    images: [],
    exec: ['pods', 'host'],
    desktops: ['pods', 'specs', 'host', 'exec'],
    launches: ['pods', 'specs', 'host', 'desktops'],
    services: ['pods', 'specs', 'host', 'exec', 'desktops', 'launches'],
    debug: ['pods', 'specs', 'host', 'exec', 'launches'],
  },
};
/** The folders of web, from the bottom up: each may import only those before it. Files of web itself import all. */
export const WEB_FOLDERS = [
  'ui',
  'state',
  'layers',
  'screen',
  'sound',
  'terminal',
  'apps',
  'desktop',
  'files',
  'downloads',
  'debug',
  'inspect',
  'app-store',
  'screens',
  'prints',
  'settings',
  'login',
  'shell',
];
/** Pages of their own: they may import ui only. */
export const WEB_PAGES = new Set(['speedtest']);
/** The tables of docs/architecture.md. */
export function tables(): string {
  const areas = Object.entries(AREAS).map(([name, { job, imports }]) => {
    const may = imports === 'everything' ? 'everything' : imports.join(', ') || '–';
    return `| \`${pathOf(name)}\` | ${job} | ${may} |`;
  });
  const domain = Object.entries(FOLDERS_OF_DOMAIN).map(
    ([name, { job, imports }]) => `| \`src/domain/${name}\` | ${job} | ${imports.join(', ') || '–'} |`,
  );
  const folders = Object.entries(FOLDERS).map(([name, job]) => `| \`${name}\` | ${job} |`);
  return [
    '| area | job | may import |',
    '|---|---|---|',
    ...areas,
    '',
    '| folder of the domain | job | may import |',
    '|---|---|---|',
    ...domain,
    '',
    '| folder | contents |',
    '|---|---|',
    ...folders,
  ].join('\n');
}

/** Two areas are single files. */
export function pathOf(area: string): string {
  if (area === 'web') return 'web';
  return area === 'events' || area === 'main' ? `src/${area}.ts` : `src/${area}`;
}
