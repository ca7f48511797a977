/** Where replicas of one installation share small secrets: on Kubernetes its Secrets. */

export interface SecretStore {
  /** The namespace of its Secrets, for the commands that administrators are given. */
  readonly namespace: string;
  /** By their names in it; null when there is no such secret. */
  get(name: string): Promise<Readonly<Record<string, string>> | null>;
  /** False when it exists already: then somebody else was first, and theirs counts. */
  create(name: string, data: Readonly<Record<string, string>>): Promise<boolean>;
  /**
   * Makes the gateways see within seconds which keys are used now, in the files that are mounted there. `state` tells one
   * set of keys from another without giving any away.
   */
  refreshGateways(state: string): Promise<void>;
  /** Makes what pods name as logins of private registries, without any login in it, where it is missing. */
  ensureRegistryLogins(): Promise<void>;
}

/** What is there, or what `make` makes now: all replicas end with the same. */
export async function sharedSecret(
  secrets: SecretStore,
  name: string,
  make: () => Promise<Readonly<Record<string, string>>>,
): Promise<Readonly<Record<string, string>>> {
  const found = await secrets.get(name);
  if (found !== null) return found;
  const made = await make();
  if (await secrets.create(name, made)) return made;
  return (await secrets.get(name)) ?? made;
}
