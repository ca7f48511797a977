/** Where replicas of one installation share small secrets: on Kubernetes its Secrets. */

export interface SecretShelf {
  /** By their names in it; null when there is no such secret. */
  get(name: string): Promise<Readonly<Record<string, string>> | null>;
  /** False when it exists already: then somebody else was first, and theirs counts. */
  create(name: string, data: Readonly<Record<string, string>>): Promise<boolean>;
}

/** What is there, or what `make` makes now: all replicas end with the same. */
export async function sharedSecret(
  shelf: SecretShelf,
  name: string,
  make: () => Promise<Readonly<Record<string, string>>>,
): Promise<Readonly<Record<string, string>>> {
  const found = await shelf.get(name);
  if (found !== null) return found;
  const made = await make();
  if (await shelf.create(name, made)) return made;
  return (await shelf.get(name)) ?? made;
}
