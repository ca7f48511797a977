/**
 * SBOMs of built images, one file per image. dpkg's database is read through a container that is created and never
 * started, so no program of the image runs and nothing is added to it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { ignore } from '#protocol/ignore.ts';
import { parseJson } from '#protocol/json.ts';
import { isStatus, type EngineApi } from '../api.ts';
import { bomOf, licenseOf, type Bom, type Part } from './cyclonedx.ts';
import { debianParts, distributionOf } from './debian.ts';

export interface BuiltImage {
  readonly name: string;
  readonly reference: string;
  /** The engine's ID of what was built. */
  readonly id: string;
  readonly builtAt: Date;
  /** Hash of its sources. */
  readonly source: string;
  readonly license: string | undefined;
  /** What it contains besides Debian packages. */
  readonly parts: readonly Part[];
}

type Api = Pick<EngineApi, 'json' | 'text' | 'stream'>;

const READ_TIMEOUT_MS = 60_000;
const STATUS = '/var/lib/dpkg/status';
/** Records of packages of which an image has only files, as scanners of images know them. */
const MORE_STATUS = '/var/lib/dpkg/status.d';
const OS_RELEASE = '/usr/lib/os-release';

const Created = z.looseObject({ Id: z.string() });
/** Of a file that was written: which image it describes. */
const Written = z.looseObject({ metadata: z.looseObject({ component: z.looseObject({ version: z.string() }) }) });

export class ImageSboms {
  readonly #api: Api;
  readonly #folder: string;

  constructor(api: Api, folder: string) {
    this.#api = api;
    this.#folder = folder;
  }

  /** As JSON: what was written when the image was built, or else what it contains now. */
  async read(image: BuiltImage, signal: AbortSignal): Promise<unknown> {
    const text = await readFile(this.#file(image), 'utf8').catch(ignore('it is written below', ''));
    const written = parseJson(text);
    const known = Written.safeParse(written);
    if (known.success && known.data.metadata.component.version === digest(image)) return written;
    return await this.write(image, signal);
  }

  async write(image: BuiltImage, signal: AbortSignal): Promise<Bom> {
    const bom = await this.#describe(image, AbortSignal.any([signal, AbortSignal.timeout(READ_TIMEOUT_MS)]));
    await mkdir(this.#folder, { recursive: true });
    const unfinished = `${this.#file(image)}.${randomBytes(4).toString('hex')}`;
    await writeFile(unfinished, `${JSON.stringify(bom, null, 2)}\n`);
    await rename(unfinished, this.#file(image));
    return bom;
  }

  #file({ name }: BuiltImage): string {
    return join(this.#folder, `${name}.cdx.json`);
  }

  async #describe(image: BuiltImage, signal: AbortSignal): Promise<Bom> {
    const [status, more, osRelease] = await this.#files(image, [STATUS, MORE_STATUS, OS_RELEASE], signal);
    if (!status || !osRelease) throw new Error(`it has no ${status ? OS_RELEASE : STATUS}`);
    const distribution = distributionOf(osRelease);
    const packages = debianParts(`${status}\n${more}`, distribution);
    const { id: os, versionId } = distribution;
    const system: Part = {
      component: { type: 'operating-system', 'bom-ref': `os:${os}-${versionId}`, name: os, version: versionId },
      dependsOn: [],
    };
    const parts = [system, ...packages, ...image.parts];
    const component = {
      type: 'container',
      'bom-ref': image.reference,
      name: image.reference,
      version: digest(image),
      ...(image.license === undefined ? {} : { licenses: [licenseOf(image.license)] }),
      properties: [{ name: 'deskpod:source', value: image.source }],
    } as const;
    const dependsOn = parts.map((part) => part.component['bom-ref']);
    return bomOf({ component, dependsOn, builtAt: image.builtAt }, parts);
  }

  /** Their texts; empty for what the image doesn't have, all files one after the other for a folder. */
  async #files({ reference, id }: BuiltImage, paths: readonly string[], signal: AbortSignal): Promise<string[]> {
    const name = `deskpod-sbom-${id.replace(/^sha256:/, '').slice(0, 12)}`;
    // One that was left behind when a process was killed.
    await this.#remove(name);
    await this.#api.json(Created, 'POST', '/containers/create', {
      query: { name },
      body: { Image: reference, Cmd: ['never-started'], NetworkDisabled: true },
      signal,
    });
    try {
      const texts: string[] = [];
      for (const path of paths) texts.push(await this.#text(name, path, signal));
      return texts;
    } finally {
      await this.#remove(name);
    }
  }

  async #text(container: string, path: string, signal: AbortSignal): Promise<string> {
    try {
      const archive = await this.#api.stream('GET', `/containers/${container}/archive`, { query: { path }, signal });
      // It ends with its input, which ends with the signal.
      const tar = spawn('tar', ['-xOf', '-'], { stdio: ['pipe', 'pipe', 'ignore'] });
      const parts = [textOf(tar.stdout), once(tar, 'close'), pipeline(archive, tar.stdin)] as const;
      const [content, [code]] = await Promise.all(parts);
      if (code !== 0) throw new Error(`its ${path} can't be read from the engine's archive`);
      return content;
    } catch (error) {
      if (isStatus(error, 404)) return '';
      throw error;
    }
  }

  async #remove(container: string): Promise<void> {
    try {
      await this.#api.text('DELETE', `/containers/${container}`, { query: { force: true, v: true } });
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  }
}

function digest({ id }: BuiltImage): string {
  return id.startsWith('sha256:') ? id : `sha256:${id}`;
}
