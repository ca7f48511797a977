/** `authmanagers` of od.config: who may log in, and by which directories. */
import { z } from 'zod';
import { ldapSource } from './ldap.ts';
import { type Fault, type Mapped, type Mapping, type Others, rule } from './rule.ts';

const Provider = z.looseObject({
  enabled: z.boolean().default(true),
  config_ref: z.string().nullish(),
  displayname: z.string().nullish(),
});
const Manager = z.looseObject({ providers: z.record(z.string(), Provider.nullable()).nullish() }).nullish();
type Manager = z.output<typeof Manager>;

export const authManagers = rule(z.looseObject({ explicit: Manager, implicit: Manager }), mapManagers);

/** Demo people never come by this file: everybody knows their passwords. */
function mapManagers(
  { explicit, implicit, ...others }: { explicit?: Manager; implicit?: Manager },
  key: Others,
): Mapping | readonly Fault[] {
  const read = enabled(explicit).map(([name, provider]) => ldapSource(name, provider, key));
  const faults = read.flatMap((each) => ('faults' in each ? each.faults : []));
  if (faults.length > 0) return faults;
  const sources = read.flatMap((each) => ('source' in each ? [each] : []));
  const guests = implicit?.providers?.['anonymous'];
  const mapped: Mapped[] = [
    { setting: 'auth.anonymous', value: guests?.enabled ?? false, from: () => ['implicit', 'providers', 'anonymous'] },
  ];
  if (sources.length === 0) mapped.push({ setting: 'auth.demoDirectory', value: false, from: () => ['explicit'] });
  if (sources.length > 0) {
    const value = sources.map(({ source }) => source);
    // Each directory stands under the key that its provider refers to.
    const from = ([index = 0, ...path]: readonly PropertyKey[]) => sources[Number(index)]?.from(path) ?? ['explicit'];
    mapped.push({ setting: 'auth.ldap', value, from });
  }
  const unused = Object.keys(others).filter((name) => name !== 'external' && name !== 'metaexplicit');
  return {
    mapped,
    notes: [
      ...read.flatMap((each) => ('notes' in each ? each.notes : [])),
      ...enabled(implicit)
        .filter(([name]) => name !== 'anonymous')
        .map(([name]) => `implicit ${name}: not used yet`),
      ...['external', 'metaexplicit', ...unused].flatMap((name) =>
        enabledIn(others, name).map((each) => `${name} ${each}: not used yet`),
      ),
      'policies: not used yet',
    ],
  };
}

function enabledIn(managers: object, name: string): string[] {
  const manager = Manager.safeParse(Object.entries(managers).find(([key]) => key === name)?.[1]);
  return manager.success ? enabled(manager.data).map(([provider]) => provider) : [];
}

function enabled(manager: Manager): [string, z.output<typeof Provider>][] {
  return Object.entries(manager?.providers ?? {}).flatMap(([name, provider]) =>
    provider?.enabled ? [[name, provider]] : [],
  );
}
