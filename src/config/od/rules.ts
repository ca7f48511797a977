/** What each key of od.config means here: its form, and the settings that it gives. */
import { z } from 'zod';
import { type Key, Settings } from '../settings.ts';
import { authManagers } from './auth-managers.ts';
import { type Mapped, type Mapping, type Others, type Rule, rule } from './rule.ts';

const Limits = z.looseObject({
  memory: z.union([z.string(), z.number()]).nullish(),
  cpu: z.union([z.string(), z.number()]).nullish(),
});
const Resources = z.looseObject({ limits: Limits.nullish(), requests: Limits.nullish() });
const ObjectOrName = z.union([z.string(), z.record(z.string(), z.json())]).nullable();
/** One of something may stand without the brackets of a list. */
const Texts = z.union([z.string().transform((one) => [one]), z.array(z.string())]).nullish();

/** What `jwt_token_user.exp: None` comes to: a year. */
const UNLIMITED_SECONDS = 31_536_000;
/** The lives that a ticket can have here. */
const TICKET_SECONDS = { least: 10, most: 420 };

/**
 * Keys that restrict who may log in or call, for how long, and what apps may use. An invalid value of one of these is
 * refused, because an administrator would rely on a rule that isn't there. For any other key, it only causes a note.
 */
export const REFUSING: ReadonlySet<string> = new Set([
  'jwt_token_user',
  'jwt_token_desktop',
  'trusted_proxy_cidr',
  'controllers',
  'authmanagers',
  'fail2ban',
  'executeclasses',
  'desktop.pod',
]);

const Token = z.looseObject({ exp: z.number().nullable().optional() }).nullable();
const Word = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Selector = z.record(z.string(), Word);

export const RULES: ReadonlyMap<string, Rule> = new Map([
  ['jwt_token_user', rule(Token, userToken)],
  ['jwt_token_desktop', rule(Token, desktopToken)],
  ['trusted_proxy_cidr', rule(z.union([z.string(), z.array(z.string())]).nullable(), trustedProxies)],
  ['controllers', rule(z.looseObject({ ManagerController: controller() }), controllers)],
  ['authmanagers', authManagers],
  ['fail2ban', fail2ban],
  ['executeclasses', rule(z.record(z.string(), executeClass()), executeClasses)],
  ['desktop.envlocal', rule(z.record(z.string(), z.unknown()), envLocal)],
  ['desktop.pod', rule(pod(), desktopPod)],
  ['desktop.homedirectorytype', rule(z.enum(['hostPath', 'persistentVolumeClaim', 'nfs', 'volume']).nullable(), homes)],
  ['desktop.hostPathRoot', rule(z.string().nullable(), orNothing('kubernetes.homes.hostPathRoot'))],
  ['desktop.persistentvolumeclaim', rule(ObjectOrName, (value) => one('kubernetes.homes.claim', value))],
  ['desktop.persistentvolumeclaimspec', rule(ObjectOrName, (value) => one('kubernetes.homes.claim', value))],
  ['desktop.persistentvolume', rule(ObjectOrName, volume)],
  ['desktop.persistentvolumespec', rule(ObjectOrName, volume)],
  ['desktop.nodeselector', rule(z.union([Selector, z.array(z.json())]).nullable(), nodeSelector)],
  ['dock', rule(z.record(z.string(), z.unknown()), dock)],
]);

function orNothing(setting: Key): (value: unknown) => Mapping {
  return (value) => (value === null ? { mapped: [] } : one(setting, value));
}

/** The compatible system takes names of nodes as well. */
function nodeSelector(given: Record<string, string> | unknown[] | null): Mapping {
  if (Array.isArray(given)) return { mapped: [], notes: ['names of nodes: not used; labels of nodes are'] };
  return given === null ? { mapped: [] } : one('kubernetes.nodeSelector', given);
}

function one(setting: Key, value: unknown): Mapping {
  return { mapped: [{ setting, value }] };
}

function homes(kind: 'hostPath' | 'persistentVolumeClaim' | 'nfs' | 'volume' | null): Mapping {
  if (kind === 'nfs' || kind === 'volume') return { mapped: [], notes: [`${kind}: not used yet`] };
  return one('kubernetes.homes.kind', kind ?? 'none');
}

/** A name alone means a volume that is there already. */
function volume(given: string | Record<string, unknown> | null): Mapping {
  return typeof given === 'string'
    ? { mapped: [], notes: ['the volume of that name is found by its claim'] }
    : one('kubernetes.homes.volume', given);
}

type Token = z.output<typeof Token>;

function userToken(given: Token): Mapping {
  const exp = given?.exp;
  if (exp === undefined) return { mapped: [], notes: ['has no exp'] };
  const value = Math.min(exp ?? UNLIMITED_SECONDS, UNLIMITED_SECONDS);
  return {
    mapped: [{ setting: 'auth.tokenSeconds', value, from: () => ['exp'] }],
    notes: [
      ...(value === exp ? [] : ['exp: a user token lives a year at most']),
      'key files: the keys are those in the data folder',
    ],
  };
}

function desktopToken(given: Token): Mapping {
  const exp = given?.exp;
  if (exp === undefined) return { mapped: [], notes: ['has no exp'] };
  const { least, most } = TICKET_SECONDS;
  const value = Math.max(Math.min(exp ?? most, most), least);
  return {
    mapped: [{ setting: 'auth.ticketSeconds', value, from: () => ['exp'] }],
    notes: [
      ...(value === exp ? [] : [`exp: a ticket lives ${least} to ${most} seconds and is renewed in time`]),
      'key files: the keys are those in the data folder',
    ],
  };
}

function trustedProxies(given: string | string[] | null): Mapping {
  const value = typeof given === 'string' ? given.split(/[\s,]+/).filter(Boolean) : (given ?? []);
  return { mapped: [{ setting: 'listen.trustedProxies', value }] };
}

function controller() {
  return z.looseObject({ enable: z.boolean().nullish(), permitip: Texts, apikey: Texts }).nullish();
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
  if (typeof manager?.enable === 'boolean')
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
    enable: z.boolean().nullish(),
    failsbeforeban: z.number().nullish(),
    banexpireafterseconds: z.number().nullish(),
    protectednetworks: Texts,
  });
}

const NoBans = z.looseObject({ enable: z.literal(false).nullish() });

/** Repeated failures are always slowed down here; `enable` decides whether these numbers count. */
function fail2ban(given: unknown, others: Others): ReturnType<Rule> {
  if (!NoBans.safeParse(given).success) return rule(banning(), bans)(given, others);
  return { mapped: [], notes: ['enable False: repeated failed logins are slowed down all the same'] };
}

function bans(given: z.output<ReturnType<typeof banning>>): Mapping {
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
  return z
    .looseObject({ resources: Resources.nullish() })
    .nullable()
    .transform((given) => given ?? {});
}

function executeClasses(classes: Record<string, z.output<ReturnType<typeof executeClass>>>): Mapping {
  const value = Object.fromEntries(
    Object.entries(classes).map(([name, { description, resources, nodeSelector: selector, runtimeClassName }]) => {
      const { memory, cpu } = resources?.requests ?? {};
      const labels = Selector.safeParse(selector).data;
      return [
        name,
        {
          description: typeof description === 'string' ? description : '',
          limits: limitsOf(resources, 512),
          ...(memory || cpu ? { requests: { memory: memory ?? undefined, cpus: cpu ?? undefined } } : {}),
          ...(filled(labels) ? { nodeSelector: labels } : {}),
          ...(filled(runtimeClassName) ? { runtimeClassName: String(runtimeClassName) } : {}),
        },
      ];
    }),
  );
  const unused = Object.values(classes).flatMap((each) => [
    ...Object.keys(each).filter((key) => !CLASS_KEYS.has(key) && filled(each[key])),
    ...Object.keys(each.resources?.limits ?? {}).filter((key) => !(key in Limits.shape)),
    ...(filled(each['nodeSelector']) && !Selector.safeParse(each['nodeSelector']).success ? ['nodeSelector'] : []),
  ]);
  return {
    mapped: [{ setting: 'executeClasses', value, from: ([name = '', ...rest]) => [name, ...limitsPath(rest)] }],
    notes: [...new Set(unused)].map((key) => `${key}: not used`),
  };
}

const CLASS_KEYS = new Set(['description', 'resources', 'nodeSelector', 'runtimeClassName']);

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

function envLocal(given: Record<string, unknown>): Mapping {
  const words = Object.entries(given).map(([name, value]) => [name, Word.safeParse(value).data] as const);
  const env = words.filter(([, value]) => value !== undefined);
  const unused = words.filter(([name, value]) => value === undefined && given[name] !== null);
  const listens = typeof given['X11LISTEN'] === 'string' && given['X11LISTEN'].trim().toLowerCase() === 'tcp';
  const mapped: Mapped[] = [
    // There, a list without it means that the display does not listen.
    { setting: 'desktop.x11Tcp', value: listens, from: () => [] },
    { setting: 'desktop.env', value: Object.fromEntries(env) },
  ];
  return { mapped, notes: unused.map(([name]) => `${name}: is no text, so not used`) };
}

function pod() {
  return z.looseObject({
    spec: z.unknown().optional(),
    graphical: z.looseObject({ resources: Resources.nullish() }).nullish(),
  });
}

function desktopPod({ spec, graphical, ...services }: z.output<ReturnType<typeof pod>>): Mapping {
  const mapped: Mapped[] = [];
  const shm = z.looseObject({ shareProcessMemorySize: Word }).safeParse(spec).data?.shareProcessMemorySize;
  if (shm !== undefined && Settings.shape['desktop.shm'].safeParse(shm).success)
    mapped.push({ setting: 'desktop.shm', value: shm, from: () => ['spec', 'shareProcessMemorySize'] });
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
function dock(entries: Record<string, unknown>): Mapping {
  const modes = Object.entries(entries).map(
    ([name, entry]) => [name, z.looseObject({ execmode: z.string().nullish() }).safeParse(entry).data] as const,
  );
  const apps = modes.filter(([, entry]) => entry !== undefined && (entry.execmode ?? '') === '').map(([name]) => name);
  const others = Object.keys(entries).filter((name) => !apps.includes(name));
  return {
    mapped: [{ setting: 'dock', value: apps }],
    notes: others.map((name) => `${name}: a part of the old page; the menu has its own`),
  };
}
