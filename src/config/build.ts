/** Builds the configuration from the settings: defaults that depend on other settings, and checks across settings. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isLoopbackHost } from '#domain/server/networks.ts';
import type {
  Config,
  ConfigNote,
  ExecuteClass,
  HomesConfig,
  Secrets,
  SharedFolderConfig,
  TlsConfig,
} from './config.ts';
import { clipboardOf } from './clipboard-settings.ts';
import { debugOf } from './debug-settings.ts';
import { Classes, DEFAULT_CLASSES } from './kinds.ts';
import { ldapOf } from './ldap-sources.ts';
import { ownImages } from './own-image.ts';
import type { Problem } from './problems.ts';
import type { Key, Values } from './settings.ts';
import { sharedFoldersOf } from './shared-folders.ts';
import { type PositionOf, warningsOf } from './warnings.ts';

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
  const shared = sharedFoldersOf(values, wrong);
  const engine = engineOf(values, shared);
  const ownImage = ownImages(engine);
  const config: Config = {
    listen: {
      host: values['listen.host'],
      port: values['listen.port'],
      path: values['listen.path'].replace(/\/?$/, '/'),
      tls: tlsOf(values, local, wrong),
      maxConnections: values['listen.maxConnections'],
      maxConnectionsPerNetwork: values['listen.maxConnectionsPerNetwork'],
      trustedProxies: values['listen.trustedProxies'],
      proxyTls: values['listen.proxyTls'],
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
    user: values['server.user'],
    engine,
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
      image: values['desktop.image'] ?? ownImage('desktop'),
      env: values['desktop.env'],
      x11Tcp: values['desktop.x11Tcp'] ?? listensOnTcp(values['desktop.env']['X11LISTEN']),
      limits: values['desktop.limits'],
      shmBytes: values['desktop.shm'],
      rebuildAfterSeconds: values['desktop.rebuildAfterSeconds'],
      idleSeconds: values['desktop.idleSeconds'],
      guestIdleSeconds: values['desktop.guestIdleSeconds'],
      languages: values['desktop.languages'],
      fonts: values['desktop.fonts'],
      wallpapers: values['desktop.wallpapers'] ?? join(values['dataDir'], 'wallpapers'),
    },
    clipboard: clipboardOf(values),
    sound: { output: values['sound.output'], microphone: values['sound.microphone'] },
    video: values['screen.video'],
    executeClasses: classesOf(values),
    dock: values.dock,
    links: { open: values['links.open'] },
    apps: {
      install: values['apps.install'],
      perUser: values['apps.perUser'],
      installingPerUser: values['apps.installingPerUser'],
    },
    launches: {
      perUser: values['launches.perUser'],
      keepDays: values['launches.keepDays'],
      stopGraceMs: values['launches.stopGraceMs'],
    },
    limits: {
      desktop: values['limits.desktop'],
      home: values['limits.home'],
      tmp: values['limits.tmp'],
      terminals: values['limits.terminals'],
      streams: values['limits.streams'],
      screens: values['limits.screens'],
      upgradesPerMinute: values['limits.upgradesPerMinute'],
      guests: values['limits.guests'],
      guestsPerAddress: values['limits.guestsPerAddress'],
    },
    files: {
      upload: values['files.upload'],
      download: values['files.download'],
      webdav: values['files.webdav'],
      shared,
      maxUploadBytes: values['files.maxUpload'] ?? null,
      maxDownloadBytes: values['files.maxDownload'] ?? null,
    },
    debug: debugOf(values, ownImage),
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
  return { config, secrets, notes: warningsOf(config, secrets, positionOf), problems };
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

function engineOf(values: Values, shared: readonly SharedFolderConfig[]): Config['engine'] {
  if (values['engine.kind'] === 'containers') {
    return {
      kind: 'containers',
      socket: values['engine.socket'],
      process: values['engine.process'],
      baseImage: values['engine.baseImage'],
      services: values['engine.services'],
      egress: {
        enabled: values['network.egress.enabled'],
        internet: values['network.egress.internet'],
        except: values['network.egress.except'],
        allow: values['network.egress.allow'],
        classes: Object.fromEntries(
          Object.entries(values.executeClasses).flatMap(([name, { egress }]) => (egress ? [[name, egress.allow]] : [])),
        ),
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
      digests: Object.fromEntries(values['kubernetes.digests'].map((pinned) => pinned.split('@'))),
      pullPolicy: values['kubernetes.pullPolicy'],
      pullSecrets: values['kubernetes.pullSecrets'],
    },
    services: values['kubernetes.services'],
    requests: values['kubernetes.requests'],
    nodeSelector: values['kubernetes.nodeSelector'],
    tolerations: values['kubernetes.tolerations'],
    pods: {
      namespace: values['kubernetes.pods.namespace'] ?? values['kubernetes.namespace'],
      userNamespaces: values['kubernetes.pods.userNamespaces'],
      runtimeClassName: values['kubernetes.pods.runtimeClassName'],
      seccompProfiles: values['kubernetes.pods.seccompProfiles'],
      storageRequest: values['kubernetes.pods.storageRequest'],
      storageLimit: values['kubernetes.pods.storageLimit'],
      homeSize: values['kubernetes.pods.homeSize'],
      tmpSize: values['kubernetes.pods.tmpSize'],
    },
    homes: homesOf(values),
    shared: shared.flatMap(({ name, claim, readOnly, gid }) =>
      claim === null ? [] : [{ name, claim, readOnly, gid }],
    ),
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
