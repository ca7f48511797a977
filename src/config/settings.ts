/**
 * Every setting there is, by the dotted key it has in a configuration file: what it may be, what it is when nobody says,
 * how variables and options are called. Files, variables, options and docs/config.md all follow this table.
 */
import { z } from 'zod';
import { CLUSTER_SETTINGS } from './cluster-settings.ts';
import { DEBUG_SETTINGS } from './debug-settings.ts';
import { ServerRole } from '../protocol/system.ts';
import { FACTS, type Facts } from './facts.ts';
import { Bytes, Classes, DEFAULT_CLASSES, GivenLimits, Host, Network, Origin, text, Variables } from './kinds.ts';
import { LDAP_SETTINGS } from './ldap-settings.ts';

export const Settings = z.object({
  'listen.host': Host.default('127.0.0.1').register(FACTS, {
    text: 'Address to listen on. Any other than a loopback address opens the server to the network: TLS is then on, demo people and guests are off, unless said otherwise.',
    read: 'text',
    type: 'address or host name',
    variable: 'DESKPOD_HOST',
    option: 'host',
  }),
  'listen.port': z.int().min(0).max(65_535).default(30_443).register(FACTS, {
    text: 'The one port for pages, API and WebSockets. 0 takes any free one.',
    read: 'number',
    type: 'number, 0 to 65535',
    variable: 'DESKPOD_PORT',
    option: 'port',
  }),
  'listen.path': text()
    .regex(/^\/([\w.~-]+(\/[\w.~-]+)*\/?)?$/, 'is not a path such as /desk')
    .default('/')
    .register(FACTS, {
      text: 'Path below which everything is published, for a reverse proxy or Ingress that shares its name with others. It may pass the path on or strip it.',
      read: 'text',
      type: 'path such as `/desk`',
      variable: 'DESKPOD_PATH',
      option: 'path',
    }),
  'listen.tls': z.enum(['off', 'self-signed', 'files']).optional().register(FACTS, {
    text: 'Whether the port speaks TLS. `self-signed` makes a certificate, `files` takes `listen.tlsCert` and `listen.tlsKey`.',
    read: 'text',
    type: '`off`, `self-signed` or `files`',
    fallback: '`files` with a certificate; `off` on loopback; else `self-signed`',
    variable: 'DESKPOD_TLS',
  }),
  'listen.tlsCert': text().optional().register(FACTS, {
    text: 'PEM file of the certificate, with the chain after it.',
    read: 'path',
    type: 'path',
    fallback: 'none',
    variable: 'DESKPOD_TLS_CERT',
    option: 'tls-cert',
  }),
  'listen.tlsKey': text().optional().register(FACTS, {
    text: 'PEM file of the private key that belongs to the certificate.',
    read: 'path',
    type: 'path',
    fallback: 'none',
    variable: 'DESKPOD_TLS_KEY',
    option: 'tls-key',
  }),
  'listen.trustedProxies': z.array(Network).default([]).register(FACTS, {
    text: 'Reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. From anybody else these headers mean nothing.',
    read: 'list',
    type: 'list of addresses and networks',
    variable: 'DESKPOD_TRUSTED_PROXIES',
  }),
  'listen.allowedOrigins': z.array(Origin).prefault([]).register(FACTS, {
    text: 'Origins whose pages may open WebSockets besides the server’s own, for example the public address of a reverse proxy that changes `Host`.',
    read: 'list',
    type: 'list of origins',
    variable: 'DESKPOD_ALLOWED_ORIGINS',
  }),
  dataDir: text().default('/var/lib/deskpod').register(FACTS, {
    text: 'Folder of database, keys, homes and images.',
    read: 'path',
    type: 'path',
    variable: 'DESKPOD_DATA',
    option: 'data',
  }),
  runDir: text().default('/run/deskpod').register(FACTS, {
    text: 'Folder of the sockets of running desktops. Keep it short: a socket’s path may not pass 107 bytes.',
    read: 'path',
    type: 'path',
    variable: 'DESKPOD_RUN',
    option: 'run',
  }),
  roles: z.array(ServerRole).min(1).default(['api', 'gateway']).register(FACTS, {
    text: 'What this process does: `api` answers requests and makes desktops, `gateway` serves pages and carries screens, `speedtest` only measures. On one machine both; in a cluster each has replicas of its own.',
    read: 'list',
    type: 'list of `api`, `gateway`, `speedtest`',
    variable: 'DESKPOD_ROLES',
    option: 'roles',
  }),
  'server.name': text().optional().register(FACTS, {
    text: 'What tells this process from its replicas.',
    read: 'text',
    type: 'name',
    fallback: 'the host name',
    variable: 'POD_NAME',
  }),
  'keys.folder': text().optional().register(FACTS, {
    text: 'Folder of the RSA keys of tokens and tickets.',
    read: 'path',
    type: 'path',
    fallback: '`keys` in `dataDir`',
    variable: 'DESKPOD_KEYS',
  }),
  'gateway.api': z
    .url({ protocol: /^http$/, error: 'is not an address such as http://api:8000' })
    .optional()
    .register(FACTS, {
      text: 'Where a gateway without the role `api` passes `/api` and `/API` on to. A name with several addresses is spread by user.',
      read: 'text',
      type: 'URL',
      fallback: 'none: this process is both',
      variable: 'DESKPOD_API_URL',
    }),
  'gateway.apiService': z
    .url({ protocol: /^http$/, error: 'is not an address such as http://api:8000' })
    .optional()
    .register(FACTS, {
      text: 'One address behind which the network itself finds a replica that is ready: asked when the one of `gateway.api` that a user belongs to does not answer. The port is that of `gateway.api`.',
      read: 'text',
      type: 'URL',
      fallback: 'none',
      variable: 'DESKPOD_API_SERVICE_URL',
    }),
  'engine.kind': z.enum(['containers', 'kubernetes']).default('containers').register(FACTS, {
    text: 'What runs the containers: `containers` is Podman or Docker on this machine, `kubernetes` a cluster.',
    read: 'text',
    type: '`containers` or `kubernetes`',
    variable: 'DESKPOD_ENGINE',
  }),
  'engine.socket': text().nullable().default(null).register(FACTS, {
    text: 'Unix socket of a Docker-compatible engine, for example `/var/run/docker.sock`. Without one a Podman service with a store of its own is started.',
    read: 'path',
    type: 'path or null',
    variable: 'DESKPOD_ENGINE_SOCKET',
    option: 'engine-socket',
  }),
  'engine.baseImage': text().nullable().default(null).register(FACTS, {
    text: 'Image to build the others from, for example `debian:trixie-slim`. Without one it is made from Debian packages.',
    read: 'text',
    type: 'image reference or null',
    variable: 'DESKPOD_BASE_IMAGE',
    option: 'base-image',
  }),
  'store.file': text().optional().register(FACTS, {
    text: 'The SQLite database.',
    read: 'path',
    type: 'path',
    fallback: '`deskpod.db` in `dataDir`',
    variable: 'DESKPOD_DATABASE_FILE',
  }),
  'store.url': z
    .url({ protocol: /^postgres(ql)?$/, error: 'is not an address such as postgres://deskpod@database/deskpod' })
    .optional()
    .register(FACTS, {
      text: 'PostgreSQL (15 or newer) instead of SQLite, for several servers that share it: `postgres://user:password@host:5432/database`. Its user makes the tables and must own the database. `?sslmode=` is `disable` (as without it), `require` (encrypted), `verify-ca` or `verify-full`, the last two with `&sslrootcert=FILE` when the authority is your own.',
      read: 'text',
      type: 'URL',
      fallback: 'none: SQLite',
      variable: 'DESKPOD_DATABASE_URL',
    }),
  'auth.demoDirectory': z.boolean().optional().register(FACTS, {
    text: 'Lets the seven demo people log in, whose passwords everybody knows.',
    read: 'switch',
    type: 'true or false',
    fallback: 'true on loopback without `auth.ldap`, else false',
    variable: 'DESKPOD_DEMO',
    option: 'demo',
  }),
  'auth.anonymous': z.boolean().optional().register(FACTS, {
    text: 'Lets guests in without a name.',
    read: 'switch',
    type: 'true or false',
    fallback: 'true on loopback, else false',
    variable: 'DESKPOD_ANONYMOUS',
    option: 'anonymous',
  }),
  ...LDAP_SETTINGS,
  'auth.sessionSeconds': z.int().min(60).max(31_536_000).default(43_200).register(FACTS, {
    text: 'How long a login lasts.',
    read: 'number',
    type: 'seconds, 60 to 31536000',
    variable: 'DESKPOD_SESSION_SECONDS',
  }),
  'auth.tokenSeconds': z.int().min(1).max(31_536_000).default(360).register(FACTS, {
    text: 'Life of a user token of the compatible API, whose clients renew it in time. Not used yet.',
    read: 'number',
    type: 'seconds, 1 to 31536000',
  }),
  'auth.ticketSeconds': z.int().min(10).max(420).default(300).register(FACTS, {
    text: 'Life of a ticket, which opens the screen of one desktop.',
    read: 'number',
    type: 'seconds, 10 to 420',
    variable: 'DESKPOD_TICKET_SECONDS',
  }),
  'auth.lockout.failures': z.int().min(1).max(1000).default(8).register(FACTS, {
    text: 'Failed logins of one name before attempts are refused for a time that doubles; of one address it takes four times as many.',
    read: 'number',
    type: 'number, 1 to 1000',
  }),
  'auth.lockout.seconds': z.int().min(1).max(31_536_000).default(900).register(FACTS, {
    text: 'Longest refusal of an address. Of a name it is a minute at most, so that nobody can lock its owner out.',
    read: 'number',
    type: 'seconds, 1 to 31536000',
  }),
  'auth.lockout.protectedNetworks': z.array(Network).default([]).register(FACTS, {
    text: 'Addresses that are never refused for what was tried there.',
    read: 'list',
    type: 'list of addresses and networks',
  }),
  'desktop.image': text().optional().register(FACTS, {
    text: 'Image of the graphical container.',
    read: 'text',
    type: 'image reference',
    fallback: '`localhost/deskpod/desktop:1`; on Kubernetes `desktop` in `kubernetes.registry`',
    variable: 'DESKPOD_DESKTOP_IMAGE',
  }),
  'desktop.env': Variables.prefault({}).register(FACTS, {
    text: 'Variables that every desktop and every app gets.',
    read: 'json',
    type: 'map of name to text',
  }),
  'desktop.x11Tcp': z.boolean().optional().register(FACTS, {
    text: 'Whether the display listens on TCP port 6000, with its cookie, for apps in pods of their own. `X11LISTEN` in `desktop.env` says the same.',
    read: 'switch',
    type: 'true or false',
    fallback: 'as `X11LISTEN` says, else true',
  }),
  'desktop.limits': GivenLimits.prefault({ memory: '1Gi', cpus: 2, processes: 1024 }).register(FACTS, {
    text: 'What the graphical container may use: `memory`, `cpus`, `processes`. What is left out is not limited.',
    read: 'json',
    type: 'limits',
  }),
  'desktop.shm': Bytes.prefault('256Mi').register(FACTS, {
    text: 'Shared memory of a desktop, for all its apps together.',
    read: 'text',
    type: 'amount of memory',
  }),
  'desktop.compactAfterSeconds': z.int().min(60).max(86_400).default(120).register(FACTS, {
    text: 'A desktop that its user wants made anew when they are away is, once nobody has looked at it for this long.',
    read: 'number',
    type: 'seconds, 60 to 86400',
  }),
  ...CLUSTER_SETTINGS,
  executeClasses: Classes.prefault(DEFAULT_CLASSES).register(FACTS, {
    text: 'Classes of limits that apps and users can be given, each `{ description, limits }`. `default` is kept when it is left out.',
    read: 'json',
    type: 'map of name to class',
    fallback: '`default`, `bronze`, `silver`, `gold`',
  }),
  dock: z.array(text()).max(64).default([]).register(FACTS, {
    text: 'Names or ids of the apps in the dock of a new user.',
    read: 'list',
    type: 'list of apps',
  }),
  'launches.keepDays': z.int().min(0).max(3650).default(7).register(FACTS, {
    text: 'How long finished launches are kept with the end of their logs.',
    read: 'number',
    type: 'days, 0 to 3650',
    variable: 'DESKPOD_KEEP_DAYS',
  }),
  'launches.stopGraceMs': z.int().min(0).max(60_000).default(5000).register(FACTS, {
    text: 'Time between TERM and KILL when a launch is stopped.',
    read: 'number',
    type: 'milliseconds, 0 to 60000',
  }),
  ...DEBUG_SETTINGS,
  'log.level': z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').register(FACTS, {
    text: 'The least important lines that are written to standard error.',
    read: 'text',
    type: '`debug`, `info`, `warn`, `error` or `silent`',
    variable: 'LOG_LEVEL',
  }),
  'log.format': z.enum(['text', 'json']).default('text').register(FACTS, {
    text: 'One line for people, or one JSON object for machines.',
    read: 'text',
    type: '`text` or `json`',
    variable: 'LOG_FORMAT',
  }),
  'manager.enabled': z.boolean().default(true).register(FACTS, {
    text: 'Whether `/API/manager` answers at all.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_MANAGER',
  }),
  'manager.permitNetworks': z.array(Network).default(['127.0.0.0/8', '::1']).register(FACTS, {
    text: 'Networks whose callers of `/API/manager` need no key.',
    read: 'list',
    type: 'list of addresses and networks',
    variable: 'DESKPOD_MANAGER_PERMIT_NETWORKS',
  }),
  'manager.onlyNetworks': z.array(Network).nullable().default(null).register(FACTS, {
    text: 'Networks that may call `/API/manager` at all, with or without a key.',
    read: 'list',
    type: 'list of addresses and networks, or null for any',
    variable: 'DESKPOD_MANAGER_ONLY_NETWORKS',
  }),
  'manager.apiKeys': z.array(text()).default([]).register(FACTS, {
    text: 'Keys for `/API/manager`, sent as `X-API-Key`. Secret: better in the variable, or in a file that only the server can read.',
    read: 'list',
    type: 'list of keys, best of 16 characters or more',
    variable: 'DESKPOD_MANAGER_API_KEYS',
  }),
});

export type Values = z.output<typeof Settings>;
export type Key = keyof Values;

/** The facts of each key, in the order of the table. */
export const KEYS: ReadonlyMap<string, Facts> = new Map(
  Object.entries(Settings.shape).flatMap(([key, schema]) => {
    const facts = FACTS.get(schema);
    return facts ? [[key, facts] as const] : [];
  }),
);

/** The key itself, if there is such a setting. */
export function keyOf(name: string): Key | null {
  return isKey(name) ? name : null;
}

function isKey(name: string): name is Key {
  return KEYS.has(name);
}
