/**
 * Which desktops are to be rebuilt, and the progress of each: in the store, so that another server continues a rebuild
 * whose server has stopped.
 */
import { z } from 'zod';
import { Environment, Runtime } from '#protocol/app.ts';
import { DesktopRequest } from '#protocol/desktop.ts';
import { Notice } from '#protocol/events.ts';
import { User } from '#protocol/user.ts';
import type { Store } from '../ports/store.ts';
import { ignore } from '#protocol/ignore.ts';

const KEY = 'rebuilds';
/** Of one user, until they are back. */
const MOST_NOTICES = 20;
const NOTICE_DAYS = 30;

const Account = z.object({
  userId: z.string(),
  displayName: z.string(),
  provider: z.string(),
  uid: z.int(),
  gid: z.int(),
});

/** An app that ran, with what is needed to start it again. */
const Running = z.object({
  app: z.string(),
  name: z.string(),
  runtime: Runtime,
  env: Environment,
  /** Missing in plans of older servers. */
  publicEnv: z.array(z.string()).default([]),
  args: z.array(z.string()),
});
export type Running = z.output<typeof Running>;

const Plan = z.object({
  identity: z.object({ user: User, account: Account }),
  desktopId: z.string(),
  request: DesktopRequest,
  /** When a client had the desktop open: at the request, and at servers that store it here also later. */
  attendedAt: z.iso.datetime(),
  /** Set when the rebuild starts: the server that runs it, and the apps to restart. */
  work: z.object({ server: z.string(), launches: z.array(Running) }).nullable(),
});
export type Plan = z.output<typeof Plan>;

const Entry = z.object({ plan: Plan.nullable(), /** Not delivered yet. */ notices: z.array(Notice) });
type Entry = z.output<typeof Entry>;
const Entries = z.record(z.string(), Entry);

export class RebuildPlans {
  readonly #values: Store['values'];

  constructor(values: Store['values']) {
    this.#values = values;
  }

  /** Keyed by user. */
  async all(): Promise<ReadonlyMap<string, Plan>> {
    const entries = Object.entries(read(await this.#values.get(KEY)));
    return new Map(entries.flatMap(([userId, { plan }]) => (plan ? [[userId, plan] as const] : [])));
  }

  async set(userId: string, plan: Plan | null): Promise<void> {
    await this.#change(userId, (entry) => ({ ...entry, plan }));
  }

  /** Starts the work of a plan; null when it was canceled or another server was first. */
  async begin(userId: string, desktopId: string, work: NonNullable<Plan['work']>): Promise<Plan | null> {
    let started: Plan | null = null;
    await this.#change(userId, (entry) => {
      const { plan } = entry;
      started = plan && plan.desktopId === desktopId && plan.work === null ? { ...plan, work } : null;
      return started ? { ...entry, plan: started } : entry;
    });
    return started;
  }

  async keepNotice(userId: string, notice: Notice): Promise<void> {
    const oldest = new Date(Date.now() - NOTICE_DAYS * 86_400_000).toISOString();
    await this.#change(userId, ({ plan, notices }) => ({
      plan,
      notices: [...notices.filter(({ at }) => at > oldest), notice].slice(-MOST_NOTICES),
    }));
  }

  /** Returns the stored notices and removes them. */
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

/** An unreadable value counts as empty: no harm is done if a desktop isn't rebuilt. */
function read(value: string | null): Record<string, Entry> {
  try {
    return Entries.parse(JSON.parse(value ?? '{}'));
  } catch (error) {
    return ignore('the stored plans are unreadable', {})(error);
  }
}
