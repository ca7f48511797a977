/** The Files panel as a user sees it, and the home folder as root of this machine sees it. */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, createReadStream, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Locator } from 'playwright-core';
import type { Person } from './person.ts';
import type { Product } from './product.ts';

export const USER = 'amy';

export class FilesPanel {
  readonly #person: Person;

  constructor(person: Person) {
    this.#person = person;
  }

  /** Opens it, in one of the folders at the side, or goes there. */
  async opens(place = 'home'): Promise<void> {
    if (!(await this.#person.find('files').isVisible())) await this.#person.page.keyboard.press('Control+Alt+f');
    await this.#person.find(`place-${place}`).click();
    await this.isAt(place === 'home' ? '' : place);
  }

  /** Waits until it shows this folder; `trash` for the trash. */
  async isAt(folder: string): Promise<void> {
    await this.#person.find('files-page', `[data-place="${folder}"]`).waitFor();
    await this.#person.find('file-list').waitFor();
  }

  file(name: string): Locator {
    return this.#person.find('file', `[data-name="${name}"]`);
  }

  async enters(name: string): Promise<void> {
    await this.file(name).dblclick();
  }

  async transferEnds(name: string, timeout = 60_000): Promise<void> {
    await this.#person.find('transfer', `[data-name="${name}"][data-state="done"]`).waitFor({ timeout });
  }

  /** Chooses files of this computer in the browser's dialog, which a click on `button` opens. */
  async chooses(button: string, files: string | string[]): Promise<void> {
    const choosing = this.#person.page.waitForEvent('filechooser');
    await this.#person.find(button).first().click();
    await (await choosing).setFiles(files);
  }

  /** Waits until more than this share of all uploads has arrived. */
  async hasSent(percent: number): Promise<void> {
    await this.#person.page.waitForFunction((least) => {
      const bar = document.querySelector('[data-test="transfers"] > [role="progressbar"]');
      return Number(bar?.getAttribute('aria-valuenow') ?? 0) > least;
    }, percent);
  }
}

/** Writes a file into the home of {@link USER}, as that user. On a cluster the home is root's and its group the user's. */
export function put(product: Product, name: string, content: string | Uint8Array): void {
  const home = product.home(USER);
  const { uid, gid } = statSync(home);
  const file = product.home(USER, name);
  mkdirSync(dirname(file), { recursive: true });
  for (let folder = dirname(file); folder.length > home.length; folder = dirname(folder)) give(folder, 0o770);
  writeFileSync(file, content);
  give(file, 0o660);

  function give(path: string, mode: number): void {
    chownSync(path, uid, gid);
    chmodSync(path, mode);
  }
}

/** What earlier runs left would change the next. */
export function clear(product: Product, ...paths: readonly string[]): void {
  for (const path of paths) rmSync(product.home(USER, path), { recursive: true, force: true });
}

export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
