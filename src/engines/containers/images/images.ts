/** Images: those of the product are built, others are pulled. */
import { z } from 'zod';
import type { ImageInfo } from '#domain/ports/engine.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { isStatus, jsonLines, type EngineApi } from '#containers-client/api.ts';
import { SharedBuilds } from '#containers-client/images/build-lock.ts';
import { fullName, parseReference, type Reference } from '#containers-client/references.ts';
import { registryLogin } from '#containers-client/registry-logins.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { ageWarnings } from './age.ts';

/** Builds the product's images, unless they are up to date. */
export interface OwnImages {
  isOwn(reference: string): boolean;
  ensure(reference: string, report: (line: string) => void, signal: AbortSignal, refreshBefore?: Date): Promise<void>;
  /** Whether an image with these labels was built from the recipe as it is now. */
  isOfRecipe(reference: string, labels: Readonly<Record<string, string>>): boolean;
  oldestBuiltAt(): Date | null;
}

/** What was built within this time has Debian's current packages. */
const FRESH_MS = 86_400_000;

const Inspected = z.looseObject({
  Id: z.string(),
  Size: z.number().nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Created: z.coerce.date(),
  Architecture: z.string().default(''),
  Os: z.string().default(''),
  Config: z
    .looseObject({
      Labels: z.record(z.string(), z.string()).nullish(),
      Entrypoint: z.array(z.string()).nullish(),
      Cmd: z.array(z.string()).nullish(),
    })
    .nullish(),
});
const Progress = z.looseObject({
  status: z.string().nullish(),
  id: z.string().nullish(),
  progress: z.string().nullish(),
  error: z.string().nullish(),
});

export class Images {
  readonly #api: EngineApi;
  readonly #own: OwnImages;
  readonly #dataDir: string;
  /** By reference: callers that need the same image share its download. */
  readonly #pulling = new Map<string, SharedBuilds>();

  constructor(api: EngineApi, owned: OwnImages, dataDir: string) {
    this.#api = api;
    this.#own = owned;
    this.#dataDir = dataDir;
  }

  warnings(): readonly SystemWarning[] {
    return ageWarnings(this.#own.oldestBuiltAt(), new Date());
  }

  async find(reference: string): Promise<ImageInfo | null> {
    const parsed = parseReference(reference);
    if (parsed === null) return null;
    try {
      const path = `/images/${encodeURIComponent(fullName(parsed))}/json`;
      const raw = await this.#api.json(z.record(z.string(), z.unknown()), 'GET', path);
      const image = toImage(raw);
      const outdated = this.#own.isOwn(reference) && !this.#own.isOfRecipe(reference, image.labels);
      return { ...image, outdated };
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  async ensure(
    reference: string,
    report: (line: string) => void,
    signal: AbortSignal,
    refresh = false,
  ): Promise<ImageInfo> {
    const before = refresh ? new Date(Date.now() - FRESH_MS) : undefined;
    if (this.#own.isOwn(reference)) await this.#own.ensure(reference, report, signal, before);
    const present = await this.find(reference);
    if (present) return present;
    await this.#fetch(reference, report, signal);
    const made = await this.find(reference);
    if (made) return made;
    throw unavailable(reference, 'it is still not there after it was fetched.');
  }

  async #fetch(reference: string, report: (line: string) => void, signal: AbortSignal): Promise<void> {
    const parsed = parseReference(reference);
    if (parsed === null) throw unavailable(reference, 'that is not the name of an image.');
    if (parsed.registry === 'localhost')
      throw unavailable(reference, 'its name is that of a local image, which was not built.');
    const name = fullName(parsed);
    const former = this.#pulling.get(name);
    const shared = former && !former.ended ? former : new SharedBuilds((line, stop) => this.#pull(parsed, line, stop));
    this.#pulling.set(name, shared);
    try {
      await shared.join(report, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof DeskpodError) throw error;
      throw unavailable(reference, messageOf(error), error);
    } finally {
      if (shared.ended && this.#pulling.get(name) === shared) this.#pulling.delete(name);
    }
  }

  async #pull(reference: Reference, report: (line: string) => void, signal: AbortSignal): Promise<void> {
    const { name, tag, digest } = reference;
    const query = digest === null ? { fromImage: name, tag: tag ?? 'latest' } : { fromImage: `${name}@${digest}` };
    const headers = await registryLogin(reference.registry, this.#dataDir);
    const reply = await this.#api.stream('POST', '/images/create', { query, headers, signal });
    for await (const { status, id, progress, error } of jsonLines(Progress, reply)) {
      if (error) throw new Error(error);
      const line = [id, status, progress].filter(Boolean).join(' ').trim();
      if (line !== '') report(line);
    }
  }
}

function toImage(inspect: Record<string, unknown>): ImageInfo {
  const image = Inspected.parse(inspect);
  return {
    id: image.Id.startsWith('sha256:') ? image.Id : `sha256:${image.Id}`,
    digest: image.RepoDigests?.[0]?.split('@')[1] ?? null,
    labels: image.Config?.Labels ?? {},
    command: [...(image.Config?.Entrypoint ?? []), ...(image.Config?.Cmd ?? [])],
    architecture: image.Architecture,
    os: image.Os,
    createdAt: image.Created,
    bytes: image.Size ?? null,
    outdated: false,
    inspect,
  };
}

function unavailable(reference: string, words: string, cause?: unknown): DeskpodError {
  return new DeskpodError('app_unavailable', `The image ${reference} is not available: ${words}`, {
    remedy:
      'Check the name, the network and the registry login (auth.json in the data folder), or load the image manually.',
    cause,
  });
}
