/** From the settings that were given to the configuration that the program uses: defaults that depend, and cross-checks. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isLoopback } from './loopback.ts';
import type { Config, ConfigNote, ExecuteClass, HomesConfig, Secrets, TlsConfig } from './config.ts';
import { debugOf } from './debug-settings.ts';
import { Classes, DEFAULT_CLASSES } from './kinds.ts';
import { ldapOf, ldapWarnings } from './ldap-sources.ts';
import { type Place, placeText, type Problem } from './problems.ts';
import type { Key, Values } from './settings.ts';

/** Shorter keys of the manager API draw a warning. */
const GUESSABLE = 16;

/** Where a setting was given; null when it was not. */
export type PlaceOf = (setting: Key) => Place | null;

export interface Built {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly notes: readonly ConfigNote[];
  readonly problems: readonly Problem[];
}

export function buildConfig(values: Values, placeOf: PlaceOf): Built {
  const problems: Problem[] = [];
  const wrong = (setting: Key, message: string, remedy: string) =>
    problems.push({ ...(placeOf(setting) ?? { source: 'defaults', line: null }), key: setting, message, remedy });
  const local = isLoopback(values['listen.host']);
  const ldap = ldapOf(values, wrong);
  const config: Config = {
    listen: {
      host: values['listen.host'],
      port: values['listen.port'],
      path: values['listen.path'].replace(/\/?$/, '/'),
      tls: tlsOf(values, local, wrong),
      trustedProxies: values['listen.trustedProxies'],
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
      sessionSeconds: values['auth.sessionSeconds'],
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
      compactAfterSeconds: values['desktop.compactAfterSeconds'],
    },
    executeClasses: classesOf(values),
    dock: values.dock,
    launches: { keepDays: values['launches.keepDays'], stopGraceMs: values['launches.stopGraceMs'] },
    debug: debugOf(values),
    log: { level: values['log.level'], format: values['log.format'] },
    manager: {
      enabled: values['manager.enabled'],
      permitNetworks: values['manager.permitNetworks'],
      onlyNetworks: values['manager.onlyNetworks'],
    },
  };
  const secrets = {
    managerApiKeys: values['manager.apiKeys'],
    storeUrl: values['store.url'] ?? null,
    ldapPasswords: ldap.passwords,
  };
  return { config, secrets, notes: warnings(config, secrets, placeOf), problems };
}

function apiUrlOf({ roles, 'gateway.api': url }: Values, wrong: Wrong): string | null {
  if (roles.includes('gateway') && !roles.includes('api') && url === undefined) {
    const remedy = 'Give the address of the api role, for example http://api:8000, or the role api, too.';
    wrong('gateway.api', 'a gateway without the role api does not know where that is', remedy);
  }
  return url ?? null;
}

function engineOf(values: Values): Config['engine'] {
  if (values['engine.kind'] === 'containers') {
    return { kind: 'containers', socket: values['engine.socket'], baseImage: values['engine.baseImage'] };
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
    wrong('listen.tlsCert', 'its private key is missing', 'Give listen.tlsKey (--tls-key), too.');
  if (key !== undefined && cert === undefined)
    wrong('listen.tlsKey', 'its certificate is missing', 'Give listen.tlsCert (--tls-cert), too.');
  const files = cert !== undefined && key !== undefined ? ({ kind: 'files', cert, key } as const) : null;
  if (files && kind !== undefined && kind !== 'files') {
    wrong('listen.tls', `${kind} contradicts the certificate that is given`, 'Remove one of them.');
  }
  if (kind === 'files' && cert === undefined && key === undefined) {
    wrong('listen.tls', 'the files are not named', 'Give listen.tlsCert and listen.tlsKey.');
  }
  if (files) return files;
  return { kind: kind === 'off' || kind === 'self-signed' ? kind : local ? 'off' : 'self-signed' };
}

function storeOf(values: Values, wrong: Wrong): Config['store'] {
  const { 'store.file': file, 'store.url': url, dataDir } = values;
  if (url === undefined) return { kind: 'sqlite', file: file ?? join(dataDir, 'deskpod.db') };
  if (file !== undefined) wrong('store.file', 'there is a store.url, too', 'Remove one of them.');
  const shown = new URL(url);
  shown.password = '';
  return { kind: 'postgres', url: shown.href };
}

/** `X11LISTEN` as the compatible system has it: `tcp`, or anything else for the socket alone. */
function listensOnTcp(x11Listen: string | undefined): boolean {
  return x11Listen === undefined || x11Listen.trim().toLowerCase() === 'tcp';
}

function classesOf({ executeClasses }: Values): Record<string, ExecuteClass> {
  return 'default' in executeClasses
    ? executeClasses
    : { ...Classes.parse({ default: DEFAULT_CLASSES['default'] }), ...executeClasses };
}

function warnings(config: Config, { managerApiKeys }: Secrets, placeOf: PlaceOf): ConfigNote[] {
  const notes: ConfigNote[] = [];
  const warn = (setting: Key, text: string) => {
    const place = placeOf(setting);
    notes.push({ level: 'warning', where: place === null ? 'defaults' : placeText(place), key: setting, text });
  };
  if (managerApiKeys.some((key) => key.length < GUESSABLE)) {
    warn('manager.apiKeys', `a key of less than ${GUESSABLE} characters can be guessed`);
  }
  for (const text of ldapWarnings(config)) warn('auth.ldap', text);
  const keyless = config.manager.permitNetworks.filter((network) => !isLoopback(network.replace(/\/.*$/, '')));
  if (config.manager.enabled && keyless.length > 0) {
    warn('manager.permitNetworks', `whoever calls /API/manager from ${keyless.join(', ')} needs no key`);
  }
  if (isLoopback(config.listen.host)) return notes;
  if (config.listen.tls.kind === 'off' && config.listen.trustedProxies.length === 0) {
    warn('listen.tls', 'passwords and screens cross the network unencrypted');
  }
  if (config.auth.demoDirectory) warn('auth.demoDirectory', 'anybody on the network can log in as a demo person');
  return notes;
}
