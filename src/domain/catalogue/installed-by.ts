/** Who installed which app, in the store of all servers: rights and limits of users depend on it. */
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';
import { DeskpodError } from '../errors.ts';
import type { Store } from '../ports/store.ts';
import type { Customer, InstallPolicy } from './install-policy.ts';

const KEY = 'apps.installedBy';
/** As long as an installation can take: what isn't in the catalogue then was given up, for example by a server that ended. */
const LONGEST_MS = 30 * 60_000;

const Record = z.object({ user: z.string(), at: z.iso.datetime() });
const Records = z.record(z.string(), Record);
export type InstalledByRecord = z.infer<typeof Record>;
export type InstalledByRecords = z.infer<typeof Records>;

export class InstalledBy {
  readonly #values: Pick<Store['values'], 'get' | 'change'>;

  constructor(values: Pick<Store['values'], 'get' | 'change'>) {
    this.#values = values;
  }

  /** By id of the app. */
  async all(): Promise<InstalledByRecords> {
    return parse(await this.#values.get(KEY));
  }

  /**
   * Notes who installs it, unless somebody else does already. `too_many_open` or `conflict` if a user who isn't an
   * administrator has reached a limit. `listed`: the ids in the catalogue.
   */
  async reserve(id: string, who: Customer, policy: InstallPolicy, listed: ReadonlySet<string>): Promise<void> {
    let refusal: DeskpodError | null = null;
    await this.#values.change(KEY, (text) => {
      const records = current(parse(text), listed, Date.now());
      const known = records[id];
      refusal = known === undefined && !who.isAdmin ? refusalOf(Object.entries(records), who, policy, listed) : null;
      if (refusal === null && known === undefined) records[id] = { user: who.userId, at: new Date().toISOString() };
      return JSON.stringify(records);
    });
    if (refusal !== null) throw refusal;
  }

  /** Forgets installations that ended with a server: where there is only one, when it starts. */
  async forgetUnfinished(listed: ReadonlySet<string>): Promise<void> {
    await this.#values.change(KEY, (text) => {
      const finished = Object.entries(parse(text)).filter(([id]) => listed.has(id));
      return JSON.stringify(Object.fromEntries(finished));
    });
  }

  async forget(id: string): Promise<void> {
    await this.#values.change(KEY, (text) => {
      const { [id]: _, ...others } = parse(text);
      return JSON.stringify(others);
    });
  }

  async restore(id: string, record: InstalledByRecord): Promise<void> {
    await this.#values.change(KEY, (text) => JSON.stringify({ ...parse(text), [id]: record }));
  }
}

function parse(text: string | null): InstalledByRecords {
  return Records.catch({}).parse(text === null ? {} : parseJson(text));
}

/** Without those that were given up. */
function current(records: InstalledByRecords, listed: ReadonlySet<string>, now: number): InstalledByRecords {
  const kept = Object.entries(records).filter(([id, { at }]) => listed.has(id) || now - Date.parse(at) < LONGEST_MS);
  return Object.fromEntries(kept);
}

function refusalOf(
  records: readonly (readonly [string, InstalledByRecord])[],
  { userId }: Customer,
  { perUser, installingPerUser }: InstallPolicy,
  listed: ReadonlySet<string>,
): DeskpodError | null {
  const mine = records.filter(([, { user }]) => user === userId).map(([id]) => id);
  const installing = mine.filter((id) => !listed.has(id)).length;
  if (installing >= installingPerUser)
    return new DeskpodError('too_many_open', `You are installing ${apps(installing)}, the most at the same time.`, {
      remedy: 'Wait until it is installed, then try again.',
    });
  if (mine.length >= perUser)
    return new DeskpodError('conflict', `You have installed ${apps(mine.length)}, the most that you can have.`, {
      remedy: 'Remove one that you no longer need, or ask an administrator to install this one.',
    });
  return null;
}

function apps(count: number): string {
  return count === 1 ? 'one app' : `${count} apps`;
}
