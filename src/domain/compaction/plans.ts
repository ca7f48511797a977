/**
 * Which desktops shall be made anew, and how far that is: in the store, so that any server goes on with it, and so that
 * nothing is lost when one ends in the middle.
 */
import { z } from 'zod';
import { Environment, Runtime } from '../../protocol/app.ts';
import { DesktopRequest } from '../../protocol/desktop.ts';
import { Notice } from '../../protocol/events.ts';
import { User } from '../../protocol/user.ts';
import type { Store } from '../store.ts';

const KEY = 'compactions';

const Account = z.object({
  userId: z.string(),
  displayName: z.string(),
  provider: z.string(),
  uid: z.int(),
  gid: z.int(),
});

/** An app that ran, as it shall run again. */
const Running = z.object({
  app: z.string(),
  name: z.string(),
  runtime: Runtime,
  env: Environment,
  args: z.array(z.string()),
});
export type Running = z.output<typeof Running>;

const Plan = z.object({
  identity: z.object({ user: User, account: Account }),
  desktopId: z.string(),
  request: DesktopRequest,
  /** When somebody last had the desktop open, as far as anybody knows. */
  lookedAt: z.iso.datetime(),
  /** Since it was begun: by which server, and what ran. */
  work: z.object({ server: z.string(), launches: z.array(Running) }).nullable(),
});
export type Plan = z.output<typeof Plan>;

const Entry = z.object({ plan: Plan.nullable(), /** Not told yet. */ notices: z.array(Notice) });
type Entry = z.output<typeof Entry>;
const Entries = z.record(z.string(), Entry);

export class CompactionPlans {
  readonly #values: Store['values'];

  constructor(values: Store['values']) {
    this.#values = values;
  }

  /** By user. */
  async all(): Promise<ReadonlyMap<string, Plan>> {
    const entries = Object.entries(read(await this.#values.get(KEY)));
    return new Map(entries.flatMap(([userId, { plan }]) => (plan ? [[userId, plan] as const] : [])));
  }

  async set(userId: string, plan: Plan | null): Promise<void> {
    await this.#change(userId, (entry) => ({ ...entry, plan }));
  }

  /** Somebody has the desktop open. */
  async looked(userIds: ReadonlySet<string>): Promise<void> {
    const planned = [...(await this.all()).keys()].filter((userId) => userIds.has(userId));
    const lookedAt = new Date().toISOString();
    for (const userId of planned)
      await this.#change(userId, (entry) => ({ ...entry, plan: entry.plan && { ...entry.plan, lookedAt } }));
  }

  /** Begins the work of a plan; null when it was taken back or another server was first. */
  async begin(userId: string, desktopId: string, work: NonNullable<Plan['work']>): Promise<Plan | null> {
    let begun: Plan | null = null;
    await this.#change(userId, (entry) => {
      const { plan } = entry;
      begun = plan && plan.desktopId === desktopId && plan.work === null ? { ...plan, work } : null;
      return begun ? { ...entry, plan: begun } : entry;
    });
    return begun;
  }

  async keepNotice(userId: string, notice: Notice): Promise<void> {
    await this.#change(userId, (entry) => ({ ...entry, notices: [...entry.notices, notice] }));
  }

  /** Those that were kept; they are told now. */
  async takeNotices(userId: string): Promise<readonly Notice[]> {
    const { notices = [] } = read(await this.#values.get(KEY))[userId] ?? {};
    if (notices.length > 0) await this.#change(userId, (entry) => ({ ...entry, notices: [] }));
    return notices;
  }

  async #change(userId: string, change: (entry: Entry) => Entry): Promise<void> {
    await this.#values.change(KEY, (value) => {
      const { [userId]: entry = { plan: null, notices: [] }, ...others } = read(value);
      const changed = change(entry);
      const empty = changed.plan === null && changed.notices.length === 0;
      return JSON.stringify(empty ? others : { ...others, [userId]: changed });
    });
  }
}

/** What is not of our making counts as nothing: a desktop that is not made anew is no loss. */
function read(value: string | null): Record<string, Entry> {
  try {
    return Entries.parse(JSON.parse(value ?? '{}'));
  } catch {
    return {};
  }
}
