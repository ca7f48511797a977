/** The catalogue through the compatible API: bare entries in, bare entries out. */
import type { Catalogue } from '#domain/catalogue/catalogue.ts';
import { exportInspect } from '#domain/catalogue/export.ts';
import { parseInspect } from '#domain/catalogue/image-inspect.ts';
import type { InspectProblem } from '#domain/catalogue/image-inspect.ts';
import type { Engine } from '#domain/ports/engine.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { ManagerError, NotFoundText } from './errors.ts';

export type ImageCatalogue = Pick<
  Catalogue,
  'list' | 'find' | 'put' | 'remove' | 'look' | 'installAll' | 'reload' | 'imageReference'
>;

/** The tag of exported names, as in the files of the compatible catalogue. */
const VERSION_TAG = '3.0';

export class Images {
  readonly #catalogue: ImageCatalogue;
  readonly #engine: Pick<Engine, 'image'>;
  readonly #warn: (message: string) => void;

  constructor(catalogue: ImageCatalogue, engine: Pick<Engine, 'image'>, warn: (message: string) => void) {
    this.#catalogue = catalogue;
    this.#engine = engine;
    this.#warn = warn;
  }

  all(): Record<string, AppDocument> {
    return Object.fromEntries(this.#catalogue.list().map((document) => [document.id, document]));
  }

  one(id: string): AppDocument | string {
    return this.#catalogue.find(id) ?? this.#unknown();
  }

  /** Stores the apps and, with `pull`, starts to pull their images. Returns an array for an array, an object for an object. */
  async store(body: unknown, options: { readonly id: string | null; readonly pull: boolean }): Promise<unknown> {
    const { single, documents } = this.#parse(body, options.id);
    const stored = await this.#catalogue.put(documents);
    if (options.pull) await this.#catalogue.installAll(stored);
    // The response doesn't wait for the state of the images: it arrives as events, after a while for a large catalogue.
    else this.#catalogue.look(stored).catch((cause: unknown) => this.#warn(`checking images: ${String(cause)}`));
    return single ? stored[0] : stored;
  }

  async update(id: string, body: unknown): Promise<unknown> {
    const known = this.#catalogue.find(id);
    if (known === null) return this.#unknown();
    return await this.store(body, { id: known.id, pull: false });
  }

  async refresh(): Promise<Record<string, AppDocument>> {
    await this.#catalogue.reload();
    return this.all();
  }

  async remove(id: string): Promise<readonly string[]> {
    if (id === '*') return await this.removeAll();
    const removed = await this.#catalogue.remove([id]);
    return removed.length > 0 ? removed : this.#unknown();
  }

  async removeAll(): Promise<readonly string[]> {
    return await this.#catalogue.remove(this.#catalogue.list().map((document) => document.id));
  }

  /** A Deskpod extension: exports an installed app, by id or short name, for another installation. */
  async export(key: string, query: URLSearchParams): Promise<unknown> {
    const document =
      this.#catalogue.find(key) ?? this.#catalogue.list().find(({ name }) => name === key) ?? this.#unknown();
    const image = await this.#engine.image(this.#catalogue.imageReference(document));
    if (image === null)
      throw new ManagerError(
        409,
        `The image of ${document.name} is missing. Install it first: deskpod apps install ${document.name}`,
      );
    const name = query.get('as') ?? `${document.name}.d:${VERSION_TAG}`;
    const registry = query.get('registry') ?? document.id.split('/').slice(0, -1).join('/');
    const { containerengine, displayname, comment } = document;
    const registered = {
      'oc.containerengine': containerengine,
      'oc.displayname': displayname,
      ...(comment === null ? {} : { 'oc.comment': comment }),
    };
    const exported = exportInspect(image, { name, registry, labels: { ...registered, ...labelsOf(query) } });
    const [problem] = parseInspect(exported)?.skipped ?? [];
    if (problem !== undefined)
      throw new ManagerError(400, `These export options are invalid: ${problem.field} ${problem.message}.`);
    return exported;
  }

  #unknown(): never {
    throw new NotFoundText();
  }

  #parse(body: unknown, id: string | null): { readonly single: boolean; readonly documents: readonly AppDocument[] } {
    const parsed = parseInspect(body);
    if (parsed === null)
      throw new ManagerError(
        400,
        'Invalid parameters Bad Request: the body must be the JSON of docker inspect, an array or one object.',
      );
    const { single, documents, skipped, warnings } = parsed;
    if (skipped.length > 0) throw refusal(skipped, single);
    const other = id === null ? undefined : documents.find((document) => document.id !== id);
    if (other !== undefined)
      throw new ManagerError(400, `RepoTags[0] is ${other.id}, but the URL names ${String(id)}.`);
    for (const { index, field, message } of warnings)
      this.#warn(`${documents[index]?.id ?? index}: ${field} ${message}`);
    return { single, documents };
  }
}

/** `label=oc.containerengine=pod_application`, repeated per label. */
function labelsOf(query: URLSearchParams): Record<string, string> {
  const pairs = query.getAll('label').map((label) => [label.split('=')[0] ?? '', label.slice(label.indexOf('=') + 1)]);
  return Object.fromEntries(pairs.filter(([label]) => label?.startsWith('oc.')));
}

function refusal(problems: readonly InspectProblem[], single: boolean): ManagerError {
  const errors = problems.map(({ index, field, message }) => ({
    field: single ? field : `[${index}].${field}`,
    message,
  }));
  const summary = errors.slice(0, 5).map(({ field, message }) => `${field} ${message}`);
  const more = errors.length > 5 ? `; and ${errors.length - 5} more` : '';
  return new ManagerError(
    400,
    `failed to add json image format to collection: ${summary.join('; ')}${more}. Nothing was stored.`,
    errors,
  );
}
