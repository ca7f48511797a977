/** What a configuration leaves open, for the log and the administrator's page. */
import { isLoopbackHost, isLoopbackNetwork } from '#domain/server/networks.ts';
import type { Config, ConfigNote, Secrets } from './config.ts';
import { demoDirectories, ldapWarnings } from './ldap-sources.ts';
import { type SourcePosition, positionText } from './problems.ts';
import type { Key } from './settings.ts';

/** Shorter keys of the manager API cause a warning. */
const MIN_KEY_LENGTH = 16;

/** Where a setting comes from; null for a default. */
export type PositionOf = (setting: Key) => SourcePosition | null;

export function warningsOf(config: Config, secrets: Secrets, positionOf: PositionOf): ConfigNote[] {
  const found: Warning[] = [
    ...managerWarnings(config, secrets, positionOf),
    ...ldapWarnings(config).map((text): Warning => ['auth.ldap', text]),
    ...hostWarnings(config),
    ...classWarnings(config),
    ...(isLoopbackHost(config.listen.host) ? [] : networkWarnings(config)),
  ];
  return found.map(([key, text]) => {
    const position = positionOf(key);
    return { level: 'warning', where: position === null ? 'defaults' : positionText(position), key, text };
  });
}

type Warning = readonly [setting: Key, text: string];

function managerWarnings({ manager, engine }: Config, { managerApiKeys }: Secrets, positionOf: PositionOf): Warning[] {
  const found: Warning[] = [];
  if (managerApiKeys.some((key) => key.length < MIN_KEY_LENGTH)) {
    found.push(['manager.apiKeys', `keys of less than ${MIN_KEY_LENGTH} characters can be guessed`]);
  }
  const isInFile = (positionOf('manager.apiKeys')?.line ?? null) !== null;
  if (engine.kind === 'kubernetes' && managerApiKeys.length > 0 && isInFile) {
    const text = 'everyone who can read config maps sees the key; without it, the server creates one in a Secret';
    found.push(['manager.apiKeys', text]);
  }
  if (!manager.enabled) return found;
  const keyless = manager.permitNetworks.filter((network) => !isLoopbackNetwork(network));
  if (keyless.length > 0) {
    found.push(['manager.permitNetworks', `callers of /API/manager from ${keyless.join(', ')} need no key`]);
  }
  if (keyless.length < manager.permitNetworks.length && !manager.ownersOnly) {
    const text = 'every user and program of this machine may call /API/manager without a key';
    found.push(['manager.permitNetworks', text]);
  }
  return found;
}

function hostWarnings({ listen, roles }: Config): Warning[] {
  if (listen.allowedHosts !== null || !roles.includes('api')) return [];
  const text = 'any host name is accepted, so a page of a name that points here can use this server (DNS rebinding)';
  return [['listen.allowedHosts', text]];
}

function classWarnings({ engine, executeClasses }: Config): Warning[] {
  if (engine.kind !== 'kubernetes') return [];
  const names = Object.entries(executeClasses).flatMap(([name, { egress }]) => (egress ? [name] : []));
  const text = 'egress has no effect on Kubernetes: set networkPolicies.egress.classes of the chart';
  return names.map((name): Warning => ['executeClasses', `${name}: ${text}`]);
}

function networkWarnings({ listen, auth }: Config): Warning[] {
  const found: Warning[] = [];
  if (listen.tls.kind === 'off' && listen.trustedProxies.length === 0 && !listen.proxyTls) {
    found.push(['listen.tls', 'passwords and screens cross the network unencrypted']);
  }
  if (auth.demoDirectory) found.push(['auth.demoDirectory', 'everyone on the network can log in as a demo user']);
  for (const name of demoDirectories(auth.ldap)) {
    found.push(['auth.ldap', `${name}: everyone on the network can log in as a demo user, whose password is public`]);
  }
  if (auth.anonymous) found.push(['auth.anonymous', 'everyone on the network can log in as a guest']);
  return found;
}
