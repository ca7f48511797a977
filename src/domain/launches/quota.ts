/** Limits how many launches of one user run at the same time, so that one user can't use up the memory of the machine. */
import { DeskpodError } from '../errors.ts';
import type { LaunchRegistry } from './registry.ts';

export class LaunchQuota {
  readonly #registry: Pick<LaunchRegistry, 'all'>;
  readonly #perUser: number;
  /** Requests by user that are accepted but not yet in the registry. */
  readonly #accepted = new Map<string, number>();

  constructor(registry: Pick<LaunchRegistry, 'all'>, perUser: number) {
    this.#registry = registry;
    this.#perUser = perUser;
  }

  of(userId: string): { readonly used: number; readonly limit: number } {
    const running = [...this.#registry.all()].filter(({ record }) => record.userId === userId).length;
    return { used: running + (this.#accepted.get(userId) ?? 0), limit: this.#perUser };
  }

  /** Reserves a place while `begin` adds the launch to the registry. Throws `too_many_open` before `begin` is called. */
  async within<T>(userId: string, begin: () => Promise<T>): Promise<T> {
    const { used, limit } = this.of(userId);
    if (used >= limit) {
      throw new DeskpodError('too_many_open', `${used} of your apps are running, the most that you can run.`, {
        remedy: 'Stop one that you don’t need. An administrator can raise the setting launches.perUser.',
      });
    }
    this.#accepted.set(userId, (this.#accepted.get(userId) ?? 0) + 1);
    try {
      return await begin();
    } finally {
      const left = (this.#accepted.get(userId) ?? 1) - 1;
      if (left === 0) this.#accepted.delete(userId);
      else this.#accepted.set(userId, left);
    }
  }
}
