/** Secrets of a cluster, in memory: shared by whoever is given the same one. */
import type { SecretShelf } from '#domain/secret-shelf.ts';

export class FakeShelf implements SecretShelf {
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();

  async get(name: string): Promise<Readonly<Record<string, string>> | null> {
    return this.secrets.get(name) ?? null;
  }

  async create(name: string, data: Readonly<Record<string, string>>): Promise<boolean> {
    if (this.secrets.has(name)) return false;
    this.secrets.set(name, data);
    return true;
  }
}
