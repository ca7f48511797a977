/** What each key of od.config means here: its form, and the settings that it gives. */
import { z } from 'zod';
import type { Key } from '../settings.ts';
import { authManagers } from './auth-managers.ts';
import { type Mapped, type Mapping, type Rule, rule } from './rule.ts';

const Limits = z.looseObject({
  memory: z.union([z.string(), z.number()]).nullish(),
  cpu: z.union([z.string(), z.number()]).nullish(),
});
const Resources = z.looseObject({ limits: Limits.nullish(), requests: Limits.nullish() });
const ObjectOrName = z.union([z.string(), z.record(z.string(), z.json())]).nullable();
const Networks = z.array(z.string()).nullish();

/** What `jwt_token_user.exp: None` comes to: a year. */
const UNLIMITED_SECONDS = 31_536_000;
/** The longest life of a ticket here. */
const TICKET_SECONDS = 420;

export const RULES: ReadonlyMap<string, Rule> = new Map([
  ['jwt_token_user', rule(z.looseObject({ exp: z.number().nullable() }), userToken)],
  ['jwt_token_desktop', rule(z.looseObject({ exp: z.number().nullable() }), desktopToken)],
  ['trusted_proxy_cidr', rule(z.union([z.string(), z.array(z.string())]).nullable(), trustedProxies)],
  ['controllers', rule(z.looseObject({ ManagerController: controller() }), controllers)],
  ['authmanagers', authManagers],
  ['fail2ban', rule(banning(), fail2ban)],
  ['executeclasses', rule(z.record(z.string(), executeClass()), executeClasses)],
  ['desktop.envlocal', rule(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable()), envLocal)],
  ['desktop.pod', rule(pod(), desktopPod)],
  ['desktop.homedirectorytype', rule(z.enum(['hostPath', 'persistentVolumeClaim', 'nfs']).nullable(), homes)],
  ['desktop.hostPathRoot', rule(z.string(), (value) => one('kubernetes.homes.hostPathRoot', value))],
  ['desktop.persistentvolumeclaim', rule(ObjectOrName, (value) => one('kubernetes.homes.claim', value))],
  ['desktop.persistentvolumeclaimspec', rule(ObjectOrName, (value) => one('kubernetes.homes.claim', value))],
  ['desktop.persistentvolume', rule(ObjectOrName, volume)],
  ['desktop.persistentvolumespec', rule(ObjectOrName, volume)],
  ['desktop.nodeselector', rule(z.record(z.string(), z.string()), (value) => one('kubernetes.nodeSelector', value))],
  ['dock', rule(z.record(z.string(), z.looseObject({ execmode: z.string().nullish() })), dock)],
]);

function one(setting: Key, value: unknown): Mapping {
  return { mapped: [{ setting, value }] };
}

function homes(kind: 'hostPath' | 'persistentVolumeClaim' | 'nfs' | null): Mapping {
  return kind === 'nfs' ? { mapped: [], notes: ['nfs: not used yet'] } : one('kubernetes.homes.kind', kind ?? 'none');
}

/** A name alone means a volume that is there already. */
function volume(given: string | Record<string, unknown> | null): Mapping {
  return typeof given === 'string'
    ? { mapped: [], notes: ['the volume of that name is found by its claim'] }
    : one('kubernetes.homes.volume', given);
}

function userToken({ exp }: { exp: number | null }): Mapping {
  const value = exp ?? UNLIMITED_SECONDS;
  return {
    mapped: [{ setting: 'auth.tokenSeconds', value, from: () => ['exp'] }],
    notes: [
      ...(exp === null ? ['exp: a user token lives a year at most'] : []),
      'key files: the keys are those in the data folder',
    ],
  };
}

function desktopToken({ exp }: { exp: number | null }): Mapping {
  const value = Math.min(exp ?? TICKET_SECONDS, TICKET_SECONDS);
  return {
    mapped: [{ setting: 'auth.ticketSeconds', value, from: () => ['exp'] }],
    notes: [
      ...(value === exp ? [] : [`exp: a ticket lives ${TICKET_SECONDS} seconds at most and is renewed in time`]),
      'key files: the keys are those in the data folder',
    ],
  };
}

function trustedProxies(given: string | string[] | null): Mapping {
  const value = typeof given === 'string' ? given.split(/[\s,]+/).filter(Boolean) : (given ?? []);
  return { mapped: [{ setting: 'listen.trustedProxies', value }] };
}

function controller() {
  return z
    .looseObject({ enable: z.boolean().optional(), permitip: Networks, apikey: z.array(z.string()).nullish() })
    .nullish();
}

/** There, an address must be permitted and, where keys are set, a key must be sent, too. */
function controllers({
  ManagerController: manager,
  ...others
}: {
  ManagerController?: z.output<ReturnType<typeof controller>>;
}): Mapping {
  const mapped: Mapped[] = [];
  const within = (name: string) => (path: readonly PropertyKey[]) => ['ManagerController', name, ...path];
  const keys = manager?.apikey ?? [];
  if (manager?.enable !== undefined)
    mapped.push({ setting: 'manager.enabled', value: manager.enable, from: within('enable') });
  if (keys.length > 0) mapped.push({ setting: 'manager.apiKeys', value: keys, from: within('apikey') });
  if (manager?.permitip !== undefined) {
    const permitted = withLoopback(manager.permitip);
    mapped.push({ setting: 'manager.onlyNetworks', value: permitted, from: within('permitip') });
    const keyless = keys.length > 0 ? [] : (permitted ?? ['0.0.0.0/0', '::/0']);
    mapped.push({ setting: 'manager.permitNetworks', value: keyless, from: within('permitip') });
  }
  return { mapped, notes: Object.keys(others).map((name) => `${name}: not used yet`) };
}

/** Their list knows the loopback of IPv4 alone. */
function withLoopback(networks: string[] | null): string[] | null {
  return networks?.includes('127.0.0.0/8') ? [...networks, '::1'] : networks;
}

function banning() {
  return z.looseObject({
    enable: z.boolean().default(false),
    failsbeforeban: z.number().optional(),
    banexpireafterseconds: z.number().optional(),
    protectednetworks: Networks,
  });
}

/** Repeated failures are always slowed down here; `enable` decides whether these numbers count. */
function fail2ban(given: z.output<ReturnType<typeof banning>>): Mapping {
  if (!given.enable)
    return { mapped: [], notes: ['enable False: repeated failed logins are slowed down all the same'] };
  const mapped: Mapped[] = [];
  const add = (setting: Key, name: string, value: unknown) => {
    if (value !== undefined && value !== null) mapped.push({ setting, value, from: (path) => [name, ...path] });
  };
  add('auth.lockout.failures', 'failsbeforeban', given.failsbeforeban);
  add('auth.lockout.seconds', 'banexpireafterseconds', given.banexpireafterseconds);
  add('auth.lockout.protectedNetworks', 'protectednetworks', given.protectednetworks);
  return { mapped };
}

function executeClass() {
  return z.looseObject({
    description: z.string().nullish(),
    resources: Resources.nullish(),
    nodeSelector: z.record(z.string(), z.string()).nullish(),
    runtimeClassName: z.string().nullish(),
  });
}

function executeClasses(classes: Record<string, z.output<ReturnType<typeof executeClass>>>): Mapping {
  const value = Object.fromEntries(
    Object.entries(classes).map(([name, { description, resources, nodeSelector, runtimeClassName }]) => {
      const { memory, cpu } = resources?.requests ?? {};
      return [
        name,
        {
          description: description ?? '',
          limits: limitsOf(resources, 512),
          ...(memory || cpu ? { requests: { memory: memory ?? undefined, cpus: cpu ?? undefined } } : {}),
          ...(filled(nodeSelector) ? { nodeSelector } : {}),
          ...(filled(runtimeClassName) ? { runtimeClassName } : {}),
        },
      ];
    }),
  );
  const unused = new Set(Object.values(classes).flatMap((each) => OTHER_CLASS_KEYS.filter((key) => filled(each[key]))));
  return {
    mapped: [{ setting: 'executeClasses', value, from: ([name = '', ...rest]) => [name, ...limitsPath(rest)] }],
    notes: [...unused].map((key) => `${key}: not used yet`),
  };
}

const OTHER_CLASS_KEYS = ['containers'];

function filled(value: unknown): boolean {
  return value !== undefined && value !== null && !(typeof value === 'object' && Object.keys(value).length === 0);
}

/** Their files cannot limit processes; a number that stops a fork bomb is taken for them. */
function limitsOf(resources: z.output<typeof Resources> | null | undefined, processes: number) {
  const { memory, cpu } = resources?.limits ?? {};
  return { memory: memory ?? undefined, cpus: cpu ?? undefined, processes };
}

/** `limits.cpus` here is `resources.limits.cpu` there. */
function limitsPath(path: readonly PropertyKey[]): readonly PropertyKey[] {
  if (path[0] !== 'limits') return path;
  return ['resources', 'limits', ...path.slice(1).map((step) => (step === 'cpus' ? 'cpu' : step))];
}

function envLocal(given: Record<string, string | number | boolean | null>): Mapping {
  const env = Object.entries(given).filter(([, value]) => value !== null);
  const listens = typeof given['X11LISTEN'] === 'string' && given['X11LISTEN'].trim().toLowerCase() === 'tcp';
  const mapped: Mapped[] = [
    // There, a list without it means that the display does not listen.
    { setting: 'desktop.x11Tcp', value: listens, from: () => [] },
    { setting: 'desktop.env', value: Object.fromEntries(env.map(([name, value]) => [name, String(value)])) },
  ];
  return { mapped };
}

function pod() {
  return z.looseObject({
    spec: z.looseObject({ shareProcessMemorySize: z.union([z.string(), z.number()]).nullish() }).nullish(),
    graphical: z.looseObject({ resources: Resources.nullish() }).nullish(),
  });
}

function desktopPod({ spec, graphical, ...services }: z.output<ReturnType<typeof pod>>): Mapping {
  const mapped: Mapped[] = [];
  const shm = spec?.shareProcessMemorySize ?? null;
  if (shm !== null) mapped.push({ setting: 'desktop.shm', value: shm, from: () => ['spec', 'shareProcessMemorySize'] });
  if (graphical?.resources?.limits) {
    const value = limitsOf(graphical.resources, 1024);
    mapped.push({
      setting: 'desktop.limits',
      value,
      from: (path) => ['graphical', ...limitsPath(['limits', ...path])],
    });
  }
  const unused = Object.keys(services).join(', ');
  return {
    mapped,
    notes: [
      'used are spec.shareProcessMemorySize and graphical.resources.limits',
      ...(unused === '' ? [] : [`${unused}: not used yet`]),
    ],
  };
}

/** Entries with an execmode are parts of the old page, not apps. */
function dock(entries: Record<string, { execmode?: string | null | undefined }>): Mapping {
  const apps = Object.entries(entries).filter(([, { execmode }]) => (execmode ?? '') === '');
  const parts = Object.keys(entries).filter((name) => !apps.some(([app]) => app === name));
  return {
    mapped: [{ setting: 'dock', value: apps.map(([name]) => name) }],
    notes: parts.map((name) => `${name}: a part of the old page; the menu has its own`),
  };
}
