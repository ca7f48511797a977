/**
 * Every setting by its dotted key in a configuration file: its type, its default, and the names of its variable and
 * option. Files, variables, options and docs/config.md all follow this table.
 */
import { z } from 'zod';
import { APP_SETTINGS } from './app-settings.ts';
import { CLIPBOARD_SETTINGS } from './clipboard-settings.ts';
import { CLUSTER_SETTINGS } from './cluster-settings.ts';
import { DEBUG_SETTINGS } from './debug-settings.ts';
import { ServerRole } from '../protocol/system.ts';
import { EGRESS_SETTINGS } from './egress-settings.ts';
import { ENGINE_SETTINGS } from './engine-settings.ts';
import { FACTS, type Facts } from './facts.ts';
import { FILE_SETTINGS } from './file-settings.ts';
import {
  Bytes,
  Classes,
  DEFAULT_CLASSES,
  GivenLimits,
  Host,
  HostName,
  Network,
  Origin,
  text,
  Variables,
} from './kinds.ts';
import { LDAP_SETTINGS } from './ldap-settings.ts';
import { IDLE_SETTINGS, LIMIT_SETTINGS } from './limit-settings.ts';
import { LINK_SETTINGS } from './link-settings.ts';
import { REGION_SETTINGS } from './region-settings.ts';
import { SCREEN_SETTINGS } from './screen-settings.ts';
import { SOUND_SETTINGS } from './sound-settings.ts';

export const Settings = z.object({
  'listen.host': Host.default('127.0.0.1').register(FACTS, {
    text: 'Address to listen on. Any address other than loopback opens the server to the network. TLS is then on, and demo users and guests are off, unless you set them.',
    read: 'text',
    type: 'address or host name',
    variable: 'DESKPOD_HOST',
    option: 'host',
  }),
  'listen.port': z.int().min(0).max(65_535).default(30_443).register(FACTS, {
    text: 'Port for pages, API and WebSockets. With `0`, the system picks a free port.',
    read: 'number',
    type: 'number, 0 to 65535',
    variable: 'DESKPOD_PORT',
    option: 'port',
  }),
  'listen.path': text()
    .regex(/^\/([\w.~-]+(\/[\w.~-]+)*\/?)?$/, 'is not a path such as /desk')
    .default('/')
    .register(FACTS, {
      text: 'Path prefix of all URLs, for a reverse proxy or Ingress whose host name is shared with other services. The proxy can keep or strip the prefix.',
      read: 'text',
      type: 'path such as `/desk`',
      variable: 'DESKPOD_PATH',
      option: 'path',
    }),
  'listen.tls': z.enum(['off', 'self-signed', 'files']).optional().register(FACTS, {
    text: 'Whether the port uses TLS. `self-signed` generates a certificate; `files` uses `listen.tlsCert` and `listen.tlsKey`.',
    read: 'text',
    type: '`off`, `self-signed` or `files`',
    fallback: '`files` if a certificate is set; `off` on loopback; otherwise `self-signed`',
    variable: 'DESKPOD_TLS',
  }),
  'listen.tlsCert': text().optional().register(FACTS, {
    text: 'PEM file with the certificate, followed by its chain.',
    read: 'path',
    type: 'path',
    fallback: 'none',
    variable: 'DESKPOD_TLS_CERT',
    option: 'tls-cert',
  }),
  'listen.tlsKey': text().optional().register(FACTS, {
    text: 'PEM file with the private key of the certificate.',
    read: 'path',
    type: 'path',
    fallback: 'none',
    variable: 'DESKPOD_TLS_KEY',
    option: 'tls-key',
  }),
  'listen.maxConnections': z.int().min(16).default(8000).register(FACTS, {
    text: 'Open connections of one server process. The server closes further ones at once. A browser with an open desktop has about eight.',
    read: 'number',
    type: 'number, at least 16',
    variable: 'DESKPOD_MAX_CONNECTIONS',
  }),
  'listen.maxConnectionsPerNetwork': z.int().min(16).default(2000).register(FACTS, {
    text: 'Open connections from one IPv4 address or one IPv6 /64 network. Doesn’t apply to this machine and `listen.trustedProxies`. Raise it where many users share an address, for example behind NAT or a Kubernetes node port.',
    read: 'number',
    type: 'number, at least 16',
    variable: 'DESKPOD_MAX_CONNECTIONS_PER_NETWORK',
  }),
  'listen.trustedProxies': z.array(Network).default([]).register(FACTS, {
    text: 'Reverse proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host` headers the server trusts. It drops these headers from everyone else. Behind a proxy that isn’t listed, guests, demo users and callers of `/API/manager` without a key are refused.',
    read: 'list',
    type: 'list of addresses and networks',
    variable: 'DESKPOD_TRUSTED_PROXIES',
  }),
  'listen.proxyTls': z.boolean().default(false).register(FACTS, {
    text: 'Whether browsers reach this server only over the TLS of a proxy, an Ingress or a gateway in front of it. It only prevents the warning that the connection isn’t encrypted.',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_PROXY_TLS',
  }),
  'listen.allowedHosts': z.array(HostName).optional().register(FACTS, {
    text: 'Host names by which browsers can call this server, for example `desk.example.org`. `*.example.org` allows all names below one, `*` any name. Always allowed: IP addresses, `localhost`, the machine’s name, `listen.host`, the names in the TLS certificate, the hosts of `listen.allowedOrigins`, and the names that trusted proxies forward. Others get status 421.',
    read: 'list',
    type: 'list of host names',
    fallback: 'none; any name on Kubernetes and for gateways in processes of their own',
    variable: 'DESKPOD_ALLOWED_HOSTS',
  }),
  'listen.allowedOrigins': z.array(Origin).prefault([]).register(FACTS, {
    text: 'Origins whose pages may open WebSockets, in addition to the server’s own. For example, the public address of a reverse proxy that changes `Host`.',
    read: 'list',
    type: 'list of origins',
    variable: 'DESKPOD_ALLOWED_ORIGINS',
  }),
  dataDir: text().default('/var/lib/deskpod').register(FACTS, {
    text: 'Folder for the database, keys, home folders and images.',
    read: 'path',
    type: 'path',
    variable: 'DESKPOD_DATA',
    option: 'data',
  }),
  runDir: text().default('/run/deskpod').register(FACTS, {
    text: 'Folder for the sockets of running desktops. Keep it short: the path of a socket can’t exceed 107 bytes.',
    read: 'path',
    type: 'path',
    variable: 'DESKPOD_RUN',
    option: 'run',
  }),
  roles: z.array(ServerRole).min(1).default(['api', 'gateway']).register(FACTS, {
    text: 'What this process does. `api` handles requests and manages desktops, `gateway` serves pages and relays screens, `speedtest` only runs the speed test. A single machine runs the first two in one process; in a cluster, each role has its own replicas.',
    read: 'list',
    type: 'list of `api`, `gateway`, `speedtest`',
    variable: 'DESKPOD_ROLES',
    option: 'roles',
  }),
  'server.name': text().optional().register(FACTS, {
    text: 'Name that distinguishes this process from its replicas.',
    read: 'text',
    type: 'name',
    fallback: 'the host name',
    variable: 'POD_NAME',
  }),
  'keys.folder': text().optional().register(FACTS, {
    text: 'Folder with the RSA keys for tokens and tickets.',
    read: 'path',
    type: 'path',
    fallback: '`keys` in `dataDir`',
    variable: 'DESKPOD_KEYS',
  }),
  'gateway.api': z
    .url({ protocol: /^http$/, error: 'is not an address such as http://api:8000' })
    .optional()
    .register(FACTS, {
      text: 'URL that a gateway without the role `api` forwards `/api` and `/API` to. If the name has several addresses, each user always reaches the same one.',
      read: 'text',
      type: 'URL',
      fallback: 'none: this process has both roles',
      variable: 'DESKPOD_API_URL',
    }),
  'gateway.apiService': z
    .url({ protocol: /^http$/, error: 'is not an address such as http://api:8000' })
    .optional()
    .register(FACTS, {
      text: 'Load-balanced address of the API replicas. The gateway uses it when the replica that `gateway.api` gives for a user doesn’t respond. The port is that of `gateway.api`.',
      read: 'text',
      type: 'URL',
      fallback: 'none',
      variable: 'DESKPOD_API_SERVICE_URL',
    }),
  ...ENGINE_SETTINGS,
  ...EGRESS_SETTINGS,
  'store.file': text().optional().register(FACTS, {
    text: 'File of the SQLite database.',
    read: 'path',
    type: 'path',
    fallback: '`deskpod.db` in `dataDir`',
    variable: 'DESKPOD_DATABASE_FILE',
  }),
  'store.url': z
    .url({ protocol: /^postgres(ql)?$/, error: 'is not an address such as postgres://deskpod@database/deskpod' })
    .optional()
    .register(FACTS, {
      text: 'PostgreSQL (15 or later) database to use instead of SQLite, required for several API replicas: `postgres://user:password@host:5432/database`. The user creates the tables and must own the database. `?sslmode=` is `disable` (default), `require`, `verify-ca` or `verify-full`. For the last two, add `&sslrootcert=FILE` if you use your own certificate authority.',
      read: 'text',
      type: 'URL',
      fallback: 'none: SQLite',
      variable: 'DESKPOD_DATABASE_URL',
    }),
  'auth.demoDirectory': z.boolean().optional().register(FACTS, {
    text: 'Whether the seven demo users can log in. Their passwords are public, and none of them is an administrator or support.',
    read: 'switch',
    type: 'true or false',
    fallback: 'true on loopback without `auth.ldap`, otherwise false',
    variable: 'DESKPOD_DEMO',
    option: 'demo',
  }),
  'auth.anonymous': z.boolean().optional().register(FACTS, {
    text: 'Whether guests can log in without a name and password.',
    read: 'switch',
    type: 'true or false',
    fallback: 'true on loopback, otherwise false',
    variable: 'DESKPOD_ANONYMOUS',
    option: 'anonymous',
  }),
  ...LDAP_SETTINGS,
  'auth.sessionSeconds': z.int().min(60).max(31_536_000).default(43_200).register(FACTS, {
    text: 'How long an idle session lasts. Activity in the browser extends it, up to `auth.sessionLongestSeconds`.',
    read: 'number',
    type: 'seconds, 60 to 31536000',
    variable: 'DESKPOD_SESSION_SECONDS',
  }),
  'auth.sessionLongestSeconds': z.int().min(60).max(31_536_000).default(86_400).register(FACTS, {
    text: 'Maximum duration of a session, even if active. At least `auth.sessionSeconds`.',
    read: 'number',
    type: 'seconds, 60 to 31536000',
    variable: 'DESKPOD_SESSION_LONGEST_SECONDS',
  }),
  'auth.ldapCheckSeconds': z.int().min(0).max(86_400).default(300).register(FACTS, {
    text: 'How often Deskpod checks that users of LDAP directories who are logged in can still be found. The sessions of those who can’t are ended, but not while the directory can’t be reached. 0: never.',
    read: 'number',
    type: 'seconds, 0 to 86400',
    variable: 'DESKPOD_LDAP_CHECK_SECONDS',
  }),
  'auth.tokenSeconds': z.int().min(1).max(31_536_000).default(360).register(FACTS, {
    text: 'Lifetime of user tokens of the compatible API. Accepted so that existing configuration files load, but has no effect: user tokens last as long as the session.',
    read: 'number',
    type: 'seconds, 1 to 31536000',
  }),
  'auth.ticketSeconds': z.int().min(10).max(420).default(300).register(FACTS, {
    text: 'Lifetime of a ticket, which opens the screen of one desktop.',
    read: 'number',
    type: 'seconds, 10 to 420',
    variable: 'DESKPOD_TICKET_SECONDS',
  }),
  'auth.lockout.failures': z.int().min(1).max(1000).default(8).register(FACTS, {
    text: 'Number of failed logins with one name, or with all names of one account, after which attempts are refused for a time that doubles with each further failure. For one address, the limit is four times as high.',
    read: 'number',
    type: 'number, 1 to 1000',
  }),
  'auth.lockout.seconds': z.int().min(1).max(31_536_000).default(900).register(FACTS, {
    text: 'Longest time that an address is refused. A name is refused for at most one minute, so that others can’t lock its owner out.',
    read: 'number',
    type: 'seconds, 1 to 31536000',
  }),
  'auth.lockout.protectedNetworks': z.array(Network).default([]).register(FACTS, {
    text: 'Addresses that are never refused because of failed logins.',
    read: 'list',
    type: 'list of addresses and networks',
  }),
  'desktop.image': text().optional().register(FACTS, {
    text: 'Image of the desktop container.',
    read: 'text',
    type: 'image reference',
    fallback: '`localhost/deskpod/desktop:1`; on Kubernetes `desktop` in `kubernetes.registry`',
    variable: 'DESKPOD_DESKTOP_IMAGE',
  }),
  'desktop.env': Variables.prefault({}).register(FACTS, {
    text: 'Environment variables for all desktops and apps.',
    read: 'json',
    type: 'map of name to text',
  }),
  'desktop.x11Tcp': z.boolean().optional().register(FACTS, {
    text: 'Whether the display listens on TCP port 6000 for apps in separate pods. Clients need the display’s cookie. `X11LISTEN` in `desktop.env` has the same effect.',
    read: 'switch',
    type: 'true or false',
    fallback: 'the value of `X11LISTEN`, otherwise true',
  }),
  ...REGION_SETTINGS,
  ...SCREEN_SETTINGS,
  ...SOUND_SETTINGS,
  'desktop.limits': GivenLimits.prefault({ memory: '1Gi', cpus: 2, processes: 1024 }).register(FACTS, {
    text: 'Limits of the desktop container: `memory`, `cpus`, `processes`. A limit that you leave out isn’t set.',
    read: 'json',
    type: 'limits',
  }),
  'desktop.shm': Bytes.prefault('256Mi').register(FACTS, {
    text: 'Size of a desktop’s shared memory, which all its apps share.',
    read: 'text',
    type: 'amount of memory',
  }),
  'desktop.rebuildAfterSeconds': z.int().min(60).max(86_400).default(120).register(FACTS, {
    text: 'How long a desktop must be unattended before a scheduled rebuild runs. A rebuild that would delete files in the home folder is canceled.',
    read: 'number',
    type: 'seconds, 60 to 86400',
  }),
  ...IDLE_SETTINGS,
  ...CLIPBOARD_SETTINGS,
  ...CLUSTER_SETTINGS,
  executeClasses: Classes.prefault(DEFAULT_CLASSES).register(FACTS, {
    text: 'Classes of limits to assign to apps and users, each `{ description, limits }`. If you leave out `default`, the built-in one is kept. `egress: { allow: […] }`, in the form of `network.egress.allow`, opens more connections for the class’s apps that run in a pod of their own, on one machine; for Kubernetes, use the chart’s `networkPolicies.egress.classes`. Apps inside a desktop share its network, for which only `network.egress` counts.',
    read: 'json',
    type: 'map of name to class',
    fallback: '`default`, `bronze`, `silver`, `gold`',
  }),
  dock: z.array(text()).max(64).default([]).register(FACTS, {
    text: 'Names or IDs of the apps in the dock, in this order, for users who haven’t pinned any themselves. Apps that a user can’t run are left out. If empty, the dock shows the apps that the catalogue pins.',
    read: 'list',
    type: 'list of apps',
  }),
  ...LINK_SETTINGS,
  ...APP_SETTINGS,
  'launches.perUser': z.int().min(1).max(1000).default(32).register(FACTS, {
    text: 'How many apps of one user can run at the same time, in the desktop and beside it.',
    read: 'number',
    type: 'number, 1 to 1000',
    variable: 'DESKPOD_LAUNCHES_PER_USER',
  }),
  'launches.keepDays': z.int().min(0).max(3650).default(7).register(FACTS, {
    text: 'How long finished launches are kept, with the last part of their logs.',
    read: 'number',
    type: 'days, 0 to 3650',
    variable: 'DESKPOD_KEEP_DAYS',
  }),
  'launches.stopGraceMs': z.int().min(0).max(60_000).default(5000).register(FACTS, {
    text: 'Time between SIGTERM and SIGKILL when a launch is stopped.',
    read: 'number',
    type: 'milliseconds, 0 to 60000',
  }),
  ...LIMIT_SETTINGS,
  ...FILE_SETTINGS,
  ...DEBUG_SETTINGS,
  'log.level': z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').register(FACTS, {
    text: 'Lowest level of records to write to standard error.',
    read: 'text',
    type: '`debug`, `info`, `warn`, `error` or `silent`',
    variable: 'LOG_LEVEL',
  }),
  'log.format': z.enum(['text', 'json']).default('text').register(FACTS, {
    text: 'Whether a record is a line of text or a JSON object.',
    read: 'text',
    type: '`text` or `json`',
    variable: 'LOG_FORMAT',
  }),
  'manager.enabled': z.boolean().default(true).register(FACTS, {
    text: 'Whether `/API/manager` is available.',
    read: 'switch',
    type: 'true or false',
    variable: 'DESKPOD_MANAGER',
  }),
  'manager.permitNetworks': z.array(Network).optional().register(FACTS, {
    text: 'Networks from which `/API/manager` can be called without a key. If loopback is among them, every user and program of this machine can call it.',
    read: 'list',
    type: 'list of addresses and networks',
    fallback: 'loopback, for root and the owner of the installation only',
    variable: 'DESKPOD_MANAGER_PERMIT_NETWORKS',
  }),
  'manager.onlyNetworks': z.array(Network).nullable().default(null).register(FACTS, {
    text: 'Networks from which `/API/manager` can be called, with or without a key.',
    read: 'list',
    type: 'list of addresses and networks, or null for any',
    variable: 'DESKPOD_MANAGER_ONLY_NETWORKS',
  }),
  'manager.apiKeys': z.array(text()).default([]).register(FACTS, {
    text: 'Keys for `/API/manager`, sent in the header `X-API-Key`. Secret: use the variable, or a file that only the server can read.',
    read: 'list',
    type: 'list of keys, ideally of 16 characters or more',
    variable: 'DESKPOD_MANAGER_API_KEYS',
  }),
});

export type Values = z.output<typeof Settings>;
export type Key = keyof Values;

/** The facts about each key, in the order of the table. */
export const KEYS: ReadonlyMap<string, Facts> = new Map(
  Object.entries(Settings.shape).flatMap(([key, schema]) => {
    const facts = FACTS.get(schema);
    return facts ? [[key, facts] as const] : [];
  }),
);

/** The name as a key; null if there is no such setting. */
export function keyOf(name: string): Key | null {
  return isKey(name) ? name : null;
}

function isKey(name: string): name is Key {
  return KEYS.has(name);
}
