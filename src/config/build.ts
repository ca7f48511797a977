/** Builds the configuration from the settings: defaults that depend on other settings, and checks across settings. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isLoopbackHost, isLoopbackNetwork } from '#domain/server/networks.ts';
import type { Config, ConfigNote, ExecuteClass, HomesConfig, Secrets, TlsConfig } from './config.ts';
import { debugOf } from './debug-settings.ts';
import { Classes, DEFAULT_CLASSES } from './kinds.ts';
import { ldapOf, ldapWarnings } from './ldap-sources.ts';
import { type SourcePosition, positionText, type Problem } from './problems.ts';
import type { Key, Values } from './settings.ts';

/** Shorter keys of the manager API cause a warning. */
const MIN_KEY_LENGTH = 16;

/** Where a setting comes from; null for a default. */
export type PositionOf = (setting: Key) => SourcePosition | null;

export interface Built {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly notes: readonly ConfigNote[];
  readonly problems: readonly Problem[];
}

export function buildConfig(values: Values, positionOf: PositionOf): Built {
  const problems: Problem[] = [];
  const wrong = (setting: Key, message: string, remedy: string) =>
    problems.push({ ...(positionOf(setting) ?? { source: 'defaults', line: null }), key: setting, message, remedy });
  const local = isLoopbackHost(values['listen.host']);
  const ldap = ldapOf(values, wrong);
  const config: Config = {
    listen: {
      host: values['listen.host'],
      port: values['listen.port'],
      path: values['listen.path'].replace(/\/?$/, '/'),
      tls: tlsOf(values, local, wrong),
      maxConnections: values['listen.maxConnections'],
      maxConnectionsPerNetwork: values['listen.maxConnectionsPerNetwork'],
      trustedProxies: values['listen.trustedProxies'],
      allowedHosts: allowedHostsOf(values),
      allowedOrigins: values['listen.allowedOrigins'],
    },
    roles: values.roles,
    name: values['server.name'] ?? hostname(),
    keysDir: values['keys.folder'] ?? join(values.dataDir, 'keys'),
    apiUrl: apiUrlOf(values, wrong),
    apiServiceUrl: values['gateway.apiService'] ?? null,
    dataDir: values.dataDir,
    runDir: values.runDir,
    engine: engineOf(values),
    store: storeOf(values, wrong),
    auth: {
      demoDirectory: values['auth.demoDirectory'] ?? (local && ldap.sources.length === 0),
      anonymous: values['auth.anonymous'] ?? local,
      ldap: ldap.sources,
      ldapCheckSeconds: values['auth.ldapCheckSeconds'],
      sessionSeconds: values['auth.sessionSeconds'],
      sessionLongestSeconds: Math.max(values['auth.sessionSeconds'], values['auth.sessionLongestSeconds']),
      tokenSeconds: values['auth.tokenSeconds'],
      ticketSeconds: values['auth.ticketSeconds'],
      lockout: {
        failures: values['auth.lockout.failures'],
        seconds: values['auth.lockout.seconds'],
        protectedNetworks: values['auth.lockout.protectedNetworks'],
      },
    },
    desktop: {
      image: values['desktop.image'] ?? desktopImage(values),
      env: values['desktop.env'],
      x11Tcp: values['desktop.x11Tcp'] ?? listensOnTcp(values['desktop.env']['X11LISTEN']),
      limits: values['desktop.limits'],
      shmBytes: values['desktop.shm'],
      rebuildAfterSeconds: values['desktop.rebuildAfterSeconds'],
      languages: values['desktop.languages'],
      wallpapers: values['desktop.wallpapers'] ?? join(values['dataDir'], 'wallpapers'),
    },
    executeClasses: classesOf(values),
    dock: values.dock,
    launches: {
      perUser: values['launches.perUser'],
      keepDays: values['launches.keepDays'],
      stopGraceMs: values['launches.stopGraceMs'],
    },
    debug: debugOf(values),
    log: { level: values['log.level'], format: values['log.format'] },
    manager: {
      enabled: values['manager.enabled'],
      permitNetworks: values['manager.permitNetworks'] ?? ['127.0.0.0/8', '::1'],
      ownersOnly: values['manager.permitNetworks'] === undefined,
      onlyNetworks: values['manager.onlyNetworks'],
    },
  };
  const secrets = {
    managerApiKeys: values['manager.apiKeys'],
    storeUrl: values['store.url'] ?? null,
    ldapPasswords: ldap.passwords,
  };
  return { config, secrets, notes: warnings(config, secrets, positionOf), problems };
}

/** In a cluster, only its administrator knows the names, so every name is allowed until some are set. */
function allowedHostsOf({ 'listen.allowedHosts': hosts, 'engine.kind': engine, roles }: Values): string[] | null {
  if (hosts === undefined) return engine === 'kubernetes' || !roles.includes('api') ? null : [];
  return hosts.includes('*') ? null : hosts;
}

function apiUrlOf({ roles, 'gateway.api': url }: Values, wrong: Wrong): string | null {
  if (roles.includes('gateway') && !roles.includes('api') && url === undefined) {
    const remedy = 'Set it to the URL of the API, for example http://api:8000, or add the role api.';
    wrong('gateway.api', 'a gateway without the role api needs the URL of the API', remedy);
  }
  return url ?? null;
}

function engineOf(values: Values): Config['engine'] {
  if (values['engine.kind'] === 'containers') {
    return {
      kind: 'containers',
      socket: values['engine.socket'],
      baseImage: values['engine.baseImage'],
      egress: {
        enabled: values['network.egress.enabled'],
        internet: values['network.egress.internet'],
        except: values['network.egress.except'],
        allow: values['network.egress.allow'],
      },
    };
  }
  return {
    kind: 'kubernetes',
    namespace: values['kubernetes.namespace'],
    kubeconfig: values['kubernetes.kubeconfig'],
    images: {
      registry: values['kubernetes.registry'],
      tag: values['kubernetes.tag'],
      pullPolicy: values['kubernetes.pullPolicy'],
      pullSecrets: values['kubernetes.pullSecrets'],
    },
    services: values['kubernetes.services'],
    requests: values['kubernetes.requests'],
    nodeSelector: values['kubernetes.nodeSelector'],
    tolerations: values['kubernetes.tolerations'],
    homes: homesOf(values),
    podNetworks: values['kubernetes.podNetworks'],
  };
}

function homesOf(values: Values): HomesConfig {
  const kind = values['kubernetes.homes.kind'];
  switch (kind) {
    case 'none':
      return { kind };
    case 'hostPath':
      return { kind, root: values['kubernetes.homes.hostPathRoot'] };
    case 'persistentVolumeClaim':
      return {
        kind,
        claim: values['kubernetes.homes.claim'],
        volume: values['kubernetes.homes.volume'],
        storageClass: values['kubernetes.homes.storageClass'],
        size: values['kubernetes.homes.size'],
      };
    default:
      return kind satisfies never;
  }
}

function desktopImage(values: Values): string {
  return values['engine.kind'] === 'kubernetes'
    ? `${values['kubernetes.registry']}/desktop:${values['kubernetes.tag']}`
    : 'localhost/deskpod/desktop:1';
}

type Wrong = (setting: Key, message: string, remedy: string) => void;

function tlsOf(values: Values, local: boolean, wrong: Wrong): TlsConfig {
  const { 'listen.tls': kind, 'listen.tlsCert': cert, 'listen.tlsKey': key } = values;
  if (cert !== undefined && key === undefined)
    wrong('listen.tlsCert', 'its private key is missing', 'Also set listen.tlsKey (--tls-key).');
  if (key !== undefined && cert === undefined)
    wrong('listen.tlsKey', 'its certificate is missing', 'Also set listen.tlsCert (--tls-cert).');
  const files = cert !== undefined && key !== undefined ? ({ kind: 'files', cert, key } as const) : null;
  if (files && kind !== undefined && kind !== 'files') {
    wrong('listen.tls', `${kind} contradicts the certificate that is set`, 'Remove one of them.');
  }
  if (kind === 'files' && cert === undefined && key === undefined) {
    wrong('listen.tls', 'the files are missing', 'Set listen.tlsCert and listen.tlsKey.');
  }
  if (files) return files;
  return { kind: kind === 'off' || kind === 'self-signed' ? kind : local ? 'off' : 'self-signed' };
}

function storeOf(values: Values, wrong: Wrong): Config['store'] {
  const { 'store.file': file, 'store.url': url, dataDir } = values;
  if (url === undefined) return { kind: 'sqlite', file: file ?? join(dataDir, 'deskpod.db') };
  if (file !== undefined) wrong('store.file', 'store.url is set, too', 'Remove one of them.');
  const shown = new URL(url);
  shown.password = '';
  return { kind: 'postgres', url: shown.href };
}

/** `X11LISTEN` as in the compatible system: `tcp`, or anything else for the socket only. */
function listensOnTcp(x11Listen: string | undefined): boolean {
  return x11Listen === undefined || x11Listen.trim().toLowerCase() === 'tcp';
}

function classesOf({ executeClasses }: Values): Record<string, ExecuteClass> {
  return 'default' in executeClasses
    ? executeClasses
    : { ...Classes.parse({ default: DEFAULT_CLASSES['default'] }), ...executeClasses };
}

function warnings(config: Config, { managerApiKeys }: Secrets, positionOf: PositionOf): ConfigNote[] {
  const notes: ConfigNote[] = [];
  const warn = (setting: Key, text: string) => {
    const position = positionOf(setting);
    notes.push({
      level: 'warning',
      where: position === null ? 'defaults' : positionText(position),
      key: setting,
      text,
    });
  };
  if (managerApiKeys.some((key) => key.length < MIN_KEY_LENGTH)) {
    warn('manager.apiKeys', `keys of less than ${MIN_KEY_LENGTH} characters can be guessed`);
  }
  for (const text of ldapWarnings(config)) warn('auth.ldap', text);
  const keyless = config.manager.permitNetworks.filter((network) => !isLoopbackNetwork(network));
  if (config.manager.enabled && keyless.length > 0) {
    warn('manager.permitNetworks', `callers of /API/manager from ${keyless.join(', ')} need no key`);
  }
  const isLocalKeyless = config.manager.permitNetworks.some((network) => isLoopbackNetwork(network));
  if (config.manager.enabled && isLocalKeyless && !config.manager.ownersOnly) {
    warn('manager.permitNetworks', 'every user and program of this machine may call /API/manager without a key');
  }
  if (isLoopbackHost(config.listen.host)) return notes;
  if (config.listen.tls.kind === 'off' && config.listen.trustedProxies.length === 0) {
    warn('listen.tls', 'passwords and screens cross the network unencrypted');
  }
  if (config.auth.demoDirectory) warn('auth.demoDirectory', 'everyone on the network can log in as a demo user');
  return notes;
}
