/** The catalogue's dependencies in memory: a store, and an engine with the given images. */
import type { CatalogueDeps } from '#domain/catalogue/catalogue.ts';
import { CAPABILITIES } from './engine.ts';
import type { AppImage, ImageInfo } from '#domain/ports/engine.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Store } from '#domain/ports/store.ts';
import type { AppDocument } from '#protocol/manager.ts';
import { NO_REPLICAS } from './no-replicas.ts';

export const LABELS = {
  'oc.name': 'paint',
  'oc.launch': 'paint.Paint',
  'oc.icon': 'paint.svg',
  'oc.displayname': 'Paint',
  'oc.path': '/usr/bin/paint',
} as const;

/** One object of `docker inspect` output. */
export function inspectOf(
  tag: string,
  labels: Readonly<Record<string, unknown>> = {},
  more: object = {},
): Record<string, unknown> {
  return {
    Id: `sha256:${Buffer.from(tag).toString('hex').padEnd(64, '0').slice(0, 64)}`,
    RepoTags: [tag],
    RepoDigests: [],
    Architecture: 'amd64',
    Os: 'linux',
    Created: '2026-01-02T03:04:05.678901234Z',
    Config: { Cmd: ['/composer/appli-docker-entrypoint.sh'], Labels: { ...LABELS, ...labels } },
    ...more,
  };
}

export function imageInfo(reference: string, labels: Readonly<Record<string, string>> = LABELS): ImageInfo {
  const id = `sha256:${Buffer.from(reference).toString('hex').padEnd(64, 'f').slice(0, 64)}`;
  const createdAt = new Date('2026-01-02T03:04:05Z');
  const command = ['/usr/bin/paint'];
  const inspect = {
    Id: id,
    RepoTags: [reference],
    Config: { Cmd: command, Labels: labels, Env: ['LANG=C.UTF-8'], User: 'root' },
  };
  return {
    id,
    digest: null,
    labels,
    command,
    architecture: 'amd64',
    os: 'linux',
    createdAt,
    bytes: 5_000_000,
    outdated: false,
    inspect,
  };
}

export class FakeStore {
  readonly documents = new Map<string, AppDocument>();
  readonly kept = new Map<string, string>();

  readonly apps: Store['apps'] = {
    list: async () => [...this.documents.values()],
    put: async (apps) => {
      for (const app of apps) this.documents.set(app.id, app);
    },
    remove: async (ids) => ids.filter((id) => this.documents.delete(id)),
    defaults: async () => null,
    setDefaults: async () => undefined,
  };

  readonly values: Store['values'] = {
    get: async (key) => this.kept.get(key) ?? null,
    set: async (key, value) => void this.kept.set(key, value),
    change: async (key, change) => void this.kept.set(key, change(this.kept.get(key) ?? null)),
    prune: async () => 0,
  };
}

/** Pulls wait until `finish` or `fail` is called with their reference. */
export class FakeImages {
  readonly present = new Map<string, ImageInfo>();
  readonly asked: string[] = [];
  readonly #pulls = new Map<string, PromiseWithResolvers<ImageInfo>>();
  /** Of those that are finished from now on; by default long ago. */
  builtAt: Date | null = null;
  active = 0;
  mostActive = 0;

  async image(reference: string): Promise<ImageInfo | null> {
    return this.present.get(reference) ?? null;
  }

  async announceImages(): Promise<void> {}

  async ensureImage({ reference }: AppImage, report: (line: string) => void, signal: AbortSignal): Promise<ImageInfo> {
    this.asked.push(reference);
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    const pull = this.#pull(reference);
    signal.addEventListener('abort', () => pull.reject(signal.reason), { once: true });
    report('layer 1 of 2');
    try {
      return await pull.promise;
    } finally {
      this.active -= 1;
      this.#pulls.delete(reference);
    }
  }

  finish(reference: string, labels?: Readonly<Record<string, string>>): void {
    const info = imageInfo(reference, labels);
    const image = { ...info, createdAt: this.builtAt ?? info.createdAt };
    this.present.set(reference, image);
    this.#pull(reference).resolve(image);
  }

  fail(reference: string, message: string): void {
    this.#pull(reference).reject(new DeskpodError('engine_unavailable', message));
  }

  #pull(reference: string): PromiseWithResolvers<ImageInfo> {
    const known = this.#pulls.get(reference) ?? Promise.withResolvers<ImageInfo>();
    known.promise.catch(() => undefined);
    this.#pulls.set(reference, known);
    return known;
  }
}

export function fakeDeps(
  more: Partial<CatalogueDeps> = {},
): CatalogueDeps & { store: FakeStore; images: FakeImages; problems: string[] } {
  const problems: string[] = [];
  return {
    own: [],
    offers: [],
    classes: {},
    capabilities: CAPABILITIES,
    failed: (message) => void problems.push(message),
    replicas: NO_REPLICAS,
    ...more,
    store: new FakeStore(),
    images: new FakeImages(),
    problems,
  };
}
