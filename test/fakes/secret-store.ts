/** Secrets of a cluster, in memory: shared by all users of one instance. */
import type { SecretStore } from '#domain/ports/secret-store.ts';

export class FakeSecretStore implements SecretStore {
  readonly namespace = 'abcdesktop';
  readonly secrets = new Map<string, Readonly<Record<string, string>>>();

  async get(name: string): Promise<Readonly<Record<string, string>> | null> {
    return this.secrets.get(name) ?? null;
  }

  async create(name: string, data: Readonly<Record<string, string>>): Promise<boolean> {
    if (this.secrets.has(name)) return false;
    this.secrets.set(name, data);
    return true;
  }

  /** The arguments of {@link refreshGateways} calls. */
  readonly refreshed: string[] = [];

  async refreshGateways(state: string): Promise<void> {
    this.refreshed.push(state);
  }

  async ensureRegistryLogins(): Promise<void> {}
}
