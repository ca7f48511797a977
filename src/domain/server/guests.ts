/** Guests: how many there can be, and the end of their desktops when their sessions have ended. */
import { ignore } from '#protocol/ignore.ts';
import { DeskpodError } from '../errors.ts';
import { isGuestDesktop } from '../names.ts';
import type { Engine } from '../ports/engine.ts';
import type { LoginEntry, Store } from '../ports/store.ts';
import { neighbourhood } from './neighbourhood.ts';
import { RateLimit } from './rate-limit.ts';

/** A class that logs in at the same time may share an address. */
const LOGINS_PER_MINUTE = 60;

/** Older servers don't store when a session ends. */
const LONGEST_OLD_SESSION_MS = 86_400_000;

export interface GuestLimits {
  /** Guests who are logged in, or whose desktops aren't removed yet. */
  readonly guests: number;
  /** The same for one IPv4 address or one IPv6 /64 network. */
  readonly guestsPerAddress: number;
}

export interface GuestsOptions {
  readonly limits: GuestLimits;
  /** Addresses of many people, which have no limit of their own. */
  readonly isShared: (address: string) => boolean;
  readonly store: { readonly logins: Pick<Store['logins'], 'open' | 'list'> };
  readonly engine: Pick<Engine, 'desktops'>;
  /** Ends a desktop on purpose; a guest's home is removed with it. */
  readonly endDesktop: (desktopId: string) => Promise<void>;
  readonly failed: (what: string, error: unknown) => void;
  /** Milliseconds since any fixed time. */
  readonly now?: () => number;
}

export class Guests {
  readonly limits: GuestLimits;
  readonly #deps: GuestsOptions;
  readonly #rate: RateLimit;
  /** Networks of guests who are logging in. */
  readonly #loggingIn: string[] = [];

  constructor(options: GuestsOptions) {
    this.limits = options.limits;
    this.#deps = options;
    this.#rate = new RateLimit(LOGINS_PER_MINUTE, options.now);
  }

  /** Reserves a place while `logIn` stores the session. Throws `too_many_open` or `too_many_attempts` before `logIn` is called. */
  async admit<T>(address: string, logIn: () => Promise<T>): Promise<T> {
    const network = neighbourhood(address);
    const wait = this.#rate.take(network);
    if (wait !== null)
      throw new DeskpodError('too_many_attempts', 'Too many guests logged in from your address within a minute.', {
        remedy: `Try again in ${wait} s.`,
      });
    this.#loggingIn.push(network);
    try {
      await this.#check(address, network);
      return await logIn();
    } finally {
      this.#loggingIn.splice(this.#loggingIn.indexOf(network), 1);
    }
  }

  /** How many guests there are. */
  async count(): Promise<number> {
    const desktopsOrNone = this.#deps.engine.desktops().catch(ignore('guests can log in without the engine', []));
    const [sessions, desktops] = await Promise.all([this.#sessions(), desktopsOrNone]);
    const users = new Set(sessions.map(({ userId }) => userId));
    for (const desktop of desktops) if (isGuestDesktop(desktop)) users.add(desktop.userId);
    return users.size;
  }

  /** Ends the desktops of guests whose sessions have ended. Runs periodically, in one server at a time. */
  async sweep(): Promise<void> {
    const { engine, endDesktop, failed } = this.#deps;
    for (const { id } of await this.#leftDesktops(await engine.desktops()))
      await endDesktop(id).catch((error: unknown) => failed(`removing the desktop ${id} of a guest`, error));
  }

  async #leftDesktops(all: Awaited<ReturnType<Engine['desktops']>>): Promise<typeof all> {
    const { logins } = this.#deps.store;
    const left = await Promise.all(
      all
        .filter(isGuestDesktop)
        .map(async (desktop) => ((await logins.list(desktop.userId)).every(isOver) ? [desktop] : [])),
    );
    return left.flat();
  }

  async #check(address: string, network: string): Promise<void> {
    const { guests, guestsPerAddress } = this.limits;
    const others = this.#loggingIn.length - 1;
    const all = (await this.count()) + others;
    if (all >= guests) throw tooMany(`${all} guests are here, the most that this server admits.`, 'limits.guests');
    if (this.#deps.isShared(address)) return;
    const sessions = await this.#sessions();
    const here =
      sessions.filter((one) => neighbourhood(one.address) === network).length +
      this.#loggingIn.filter((one) => one === network).length -
      1;
    if (here >= guestsPerAddress)
      throw tooMany(`${here} guests are here from your address, the most that can be.`, 'limits.guestsPerAddress');
  }

  async #sessions(): Promise<readonly LoginEntry[]> {
    return (await this.#deps.store.logins.open(new Date())).filter(({ provider }) => provider === 'anonymous');
  }
}

function isOver({ at, endsAt }: LoginEntry): boolean {
  const end = endsAt?.getTime() ?? at.getTime() + LONGEST_OLD_SESSION_MS;
  return end <= Date.now();
}

function tooMany(what: string, setting: string): DeskpodError {
  return new DeskpodError('too_many_open', what, {
    remedy: `Try again when some have logged out, or log in with a name. An administrator can raise the setting ${setting}.`,
  });
}
