/**
 * Builds the product's images over the Docker-compatible API, parents first, each once for all callers, and not when
 * it is up to date. An image gets its name with its last layer, so an interrupted build leaves no incomplete image.
 */
import { type FontSet, packagesOf } from '#domain/desktops/fonts.ts';
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { isStatus, jsonLines, type EngineApi } from '../api.ts';
import type { Part } from '../sbom/cyclonedx.ts';
import { ImageSboms } from '../sbom/image-sboms.ts';
import { FIRST_SCREEN, planImages, ROOTFS, type PlannedImage, type PreparedImage } from './plan.ts';
import { makeRootfs, ROOTFS_SOURCE } from './rootfs.ts';
import { SharedBuilds, BuildLock } from './build-lock.ts';

export interface BuilderOptions {
  /** The repository's `images/`. */
  readonly imagesDir: string;
  /** An image of Debian trixie to build on, or null for one made here by mmdebstrap. */
  readonly baseImage: string | null;
  /** Languages of the programs, for example `de`. */
  readonly languages?: readonly string[];
  /** Fonts besides the usual ones. */
  readonly fonts?: readonly FontSet[];
  /** For the tar file of the base and the SBOMs of images; created if necessary. */
  readonly workDir: string;
  /** Images built before are built again without any cache, for security updates of their packages. */
  readonly refreshBefore?: Date;
  /** By name; without them these images are not planned. */
  readonly prepared?: Readonly<Record<string, PreparedImage>>;
}

export type Report = (line: string) => void;

/** The label that says from which sources an image was built. */
const SOURCE = 'deskpod.source';
const BUILD_TIMEOUT_MS = 20 * 60_000;
const KEPT_LINES = 30;
const LONGEST_LINE = 120;

const Inspected = z.looseObject({
  Id: z.string(),
  Created: z.coerce.date(),
  Config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
const Progress = z.looseObject({
  stream: z.string().nullish(),
  status: z.string().nullish(),
  error: z.string().nullish(),
});

interface PresentImage {
  readonly id: string;
  readonly builtAt: Date;
  readonly source: string | undefined;
}

export class ImageBuilder {
  readonly #api: Pick<EngineApi, 'json' | 'text' | 'stream'>;
  readonly #options: BuilderOptions;
  readonly #plan: ReadonlyMap<string, PlannedImage>;
  readonly #sboms: ImageSboms;
  readonly #running = new Map<string, { readonly shared: SharedBuilds; readonly refreshes: boolean }>();
  /** When the images that the engine was asked about were built, by reference. */
  readonly #builtAt = new Map<string, Date>();
  /** Two builds keep two processors busy: one unpacks while the other downloads. */
  readonly #turns = new BuildLock(Math.max(2, availableParallelism()));

  constructor(api: Pick<EngineApi, 'json' | 'text' | 'stream'>, options: BuilderOptions) {
    this.#api = api;
    this.#options = options;
    const { baseImage, languages = [], fonts = [], imagesDir, prepared, workDir } = options;
    this.#sboms = new ImageSboms(api, join(workDir, 'sbom'));
    const args = {
      ...(baseImage === null ? {} : { BASE: baseImage }),
      LANGUAGES: [...new Set(languages)].toSorted().join(' '),
      FONTS: packagesOf(fonts).join(' '),
    };
    const roots = new Map(baseImage === null ? [[ROOTFS, ROOTFS_SOURCE]] : []);
    this.#plan = new Map(planImages(imagesDir, args, roots, prepared).map((image) => [image.reference, image]));
  }

  isOwn(reference: string): boolean {
    return this.#plan.has(reference);
  }

  /** Every image with a Containerfile, in build order. `needed`: required for the first desktop. */
  list(): readonly (PlannedImage & { readonly needed: boolean })[] {
    return [...this.#plan.values()].map((image) => ({ ...image, needed: FIRST_SCREEN.includes(image.name) }));
  }

  /** Whether the engine has the current version of the image. */
  async isCurrent(reference: string): Promise<boolean> {
    return this.#fits(reference, await this.#present(reference));
  }

  /** Whether an image with these labels was built from the recipe as it is now. */
  isOfRecipe(reference: string, labels: Readonly<Record<string, string>>): boolean {
    return labels[SOURCE] === this.#sourceOf(reference);
  }

  /** When the oldest of the images was built that this builder has asked the engine for; null if none. */
  oldestBuiltAt(): Date | null {
    return [...this.#builtAt.values()].toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null;
  }

  /**
   * Returns when the image is present and up to date. `report` gets a line at a time. The signal ends the caller's
   * wait; the build itself stops when no caller waits. With `refreshBefore`, it and those below it are built again if they
   * are older. Rejects with `not_found` for a foreign reference.
   */
  async ensure(
    reference: string,
    report: Report,
    signal: AbortSignal,
    refreshBefore = this.#options.refreshBefore,
  ): Promise<void> {
    if (reference !== ROOTFS && !this.isOwn(reference)) {
      throw new DeskpodError('not_found', `There is no Containerfile for the image ${reference}.`);
    }
    const former = this.#running.get(reference);
    const refreshes = refreshBefore !== undefined;
    if (former && !former.shared.ended && (former.refreshes || !refreshes)) return former.shared.join(report, signal);
    const shared = new SharedBuilds(async (line, stop) => {
      await former?.shared.settled; // one that was stopped may still be clearing up
      await this.#make(reference, line, stop, refreshBefore);
    });
    this.#running.set(reference, { shared, refreshes });
    await shared.join(report, signal);
  }

  /** The SBOM of an image, as CycloneDX. Rejects with `app_unavailable` unless the image is present and up to date. */
  async sbom(reference: string, signal: AbortSignal): Promise<unknown> {
    const image = this.#plan.get(reference);
    const present = await this.#present(reference);
    if (image === undefined || present === null || !this.#fits(reference, present)) {
      const name = image?.name ?? reference;
      throw new DeskpodError(
        'app_unavailable',
        `The image ${name} ${present === null ? 'has not been built' : 'is out of date'}.`,
        { remedy: `Build it: npm run images -- --only ${name}` },
      );
    }
    return await this.#sboms.read(this.#described(image, present), signal);
  }

  async #make(reference: string, report: Report, stop: AbortSignal, refreshBefore: Date | undefined): Promise<void> {
    const before = await this.#present(reference);
    const parents = this.#plan.get(reference)?.parents ?? [];
    if (refreshBefore === undefined && this.#fits(reference, before)) return;
    const signal = AbortSignal.any([stop, AbortSignal.timeout(BUILD_TIMEOUT_MS)]);
    const image = this.#plan.get(reference);
    await Promise.all(parents.map((parent) => this.ensure(parent, report, signal, refreshBefore)));
    if (this.#fits(reference, before, this.#newest(parents, refreshBefore))) return;
    await this.#turns.run(signal, () =>
      image ? this.#build(image, report, signal, refreshBefore) : this.#import(report, signal, refreshBefore),
    );
    const after = await this.#present(reference);
    if (after === null || after.source !== this.#sourceOf(reference)) {
      throw new DeskpodError('internal_error', `The image ${reference} does not match its Containerfile.`);
    }
    if (image) await this.#describe(image, after, report, signal);
    if (before && before.id !== after.id) await this.#forget(before.id);
  }

  /** An image that has no SBOM yet still runs, and `sbom` tries again. */
  async #describe(image: PlannedImage, present: PresentImage, report: Report, signal: AbortSignal): Promise<void> {
    try {
      await this.#sboms.write(this.#described(image, present), signal);
    } catch (error) {
      signal.throwIfAborted();
      report(`${image.name}: no SBOM: ${messageOf(error)}`);
    }
  }

  #described({ name, reference, source, labels }: PlannedImage, { id, builtAt }: PresentImage) {
    return { name, reference, id, builtAt, source, license: labels['oc.licence'], parts: this.#partsOf(reference) };
  }

  /** Of the image and those that it's built on. */
  #partsOf(reference: string): readonly Part[] {
    const image = this.#plan.get(reference);
    if (image === undefined) return [];
    const own = this.#options.prepared?.[image.name]?.parts ?? [];
    return [...image.parents.flatMap((parent) => this.#partsOf(parent)), ...own];
  }

  /** What is built on newer images is refreshed, too. */
  #newest(parents: readonly string[], refreshBefore: Date | undefined): Date | undefined {
    if (refreshBefore === undefined) return undefined;
    const built = parents.map((parent) => this.#builtAt.get(parent)?.getTime() ?? 0);
    return new Date(Math.max(refreshBefore.getTime(), ...built));
  }

  async #build(
    image: PlannedImage,
    report: Report,
    signal: AbortSignal,
    refreshBefore: Date | undefined,
  ): Promise<void> {
    const prepared = await this.#options.prepared?.[image.name]?.prepare(image.folder);
    try {
      await this.#send(image, prepared ?? image.folder, report, signal, refreshBefore !== undefined);
    } finally {
      if (prepared !== undefined) await rm(prepared, { recursive: true, force: true });
    }
  }

  async #send(
    image: PlannedImage,
    folder: string,
    report: Report,
    signal: AbortSignal,
    nocache: boolean,
  ): Promise<void> {
    // Labels that the Containerfile cannot contain.
    const icon = image.labels['oc.icondata'];
    const extra = icon === undefined ? {} : { 'oc.icondata': icon };
    const reply = await this.#api.stream('POST', '/build', {
      query: {
        dockerfile: 'Containerfile',
        t: image.reference,
        labels: JSON.stringify({ ...extra, [SOURCE]: image.source }),
        buildargs: JSON.stringify(image.args),
        // The host's network, so that packages come the same way as on the host.
        networkmode: 'host',
        nocache,
        rm: true,
        forcerm: true,
      },
      body: contextOf(folder),
      signal,
    });
    await this.#follow(image.name, reply, report, signal);
  }

  async #import(report: Report, signal: AbortSignal, refreshBefore: Date | undefined): Promise<void> {
    const { workDir } = this.#options;
    const tar = await makeRootfs({ workDir, refreshBefore }, report, signal);
    const reply = await this.#api.stream('POST', '/images/create', {
      // Podman ignores a separate tag.
      query: { fromSrc: '-', repo: ROOTFS, changes: `LABEL ${SOURCE}=${ROOTFS_SOURCE}` },
      body: createReadStream(tar),
      signal,
    });
    await this.#follow('base', reply, () => undefined, signal);
  }

  async #follow(name: string, reply: Readable, report: Report, signal: AbortSignal): Promise<void> {
    const last: string[] = [];
    for await (const { stream, status, error } of jsonLines(Progress, reply)) {
      signal.throwIfAborted();
      for (const line of (error ?? stream ?? status ?? '').split('\n').filter((text) => text.trim() !== '')) {
        last.push(line);
        if (last.length > KEPT_LINES) last.shift();
        const step = /^step \d+\/\d+ ?: RUN (.*)$/i.exec(line)?.[1];
        if (step !== undefined) report(`${name}: ${step.replace(/\s+/g, ' ').slice(0, LONGEST_LINE)}`);
      }
      if (error) throw failed(name, last);
    }
  }

  #fits(reference: string, present: PresentImage | null, refreshBefore = this.#options.refreshBefore): boolean {
    if (present === null || present.source !== this.#sourceOf(reference)) return false;
    return refreshBefore === undefined || present.builtAt >= refreshBefore;
  }

  async #present(reference: string): Promise<PresentImage | null> {
    try {
      const { Id, Created, Config } = await this.#api.json(
        Inspected,
        'GET',
        `/images/${encodeURIComponent(reference)}/json`,
      );
      this.#builtAt.set(reference, Created);
      return { id: Id, builtAt: Created, source: Config?.Labels?.[SOURCE] };
    } catch (error) {
      if (isStatus(error, 404)) return null;
      throw error;
    }
  }

  #sourceOf(reference: string): string | undefined {
    return reference === ROOTFS ? ROOTFS_SOURCE : this.#plan.get(reference)?.source;
  }

  /** Removes the replaced image, unless a container uses it. */
  async #forget(id: string): Promise<void> {
    try {
      await this.#api.text('DELETE', `/images/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!isStatus(error, 404, 409, 500)) throw error;
    }
  }
}

/** The folder as a tar stream: the same bytes for the same files, so that the layer cache works. */
function contextOf(folder: string): Readable {
  const stable = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=a+rX,u+w,go-w'];
  return spawn('tar', ['-C', folder, ...stable, '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] }).stdout;
}

function failed(name: string, last: readonly string[]): DeskpodError {
  return new DeskpodError('app_unavailable', `The image ${name} could not be built: ${reasonIn(last).slice(0, 300)}`, {
    remedy: 'Check that this machine reaches its package mirror and has disk space, then try again.',
    cause: new Error(last.join('\n')),
  });
}

/**
 * Podman's last line repeats the step with its exit status; the step's own output before it says more, and most where apt
 * names the packages that cannot be installed together.
 */
function reasonIn(last: readonly string[]): string {
  const reported = last.filter((line) => !line.startsWith('building at STEP'));
  const reason =
    reported.findLast((line) => /: Depends: .* but /.test(line)) ??
    reported.findLast((line) => /^E:|error/i.test(line)) ??
    reported.at(-1) ??
    last.at(-1) ??
    'no reason given';
  return reason.trim();
}
