/** A user's desktop with a real browser before it: starts apps, watches their windows and use of memory, takes pictures. */
import { chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, createClient } from '#client/client.ts';
import type { Runtime } from '#protocol/app.ts';
import type { Usage } from '#protocol/launch.ts';
import type { Window } from '#protocol/window.ts';
import { desktopRuns, listen } from '../../bench/stage.ts';
import { eventually } from '../e2e/faults-kit.ts';
import { Person } from '../e2e/person.ts';
import { noteDialogs } from '../e2e/prints-kit.ts';
import type { Product } from '../e2e/product.ts';

const USER = 'fry';
/** Of the inside of the containers. */
const HOME = `/home/${USER}`;
const START_MS = 120_000;
const IDLE_MS = 15_000;
const PRINT_MS = 60_000;
/** A dialog of GTK has no printer to print to before it has listed them, and then ignores Enter. */
const ENTER_AGAIN_MS = 3_000;
/** How long windows of other classes may be there alone, such as a splash screen. */
const OTHER_MS = 15_000;
const IDLE_CORES = 0.1;
const PICTURE_WIDTH = 640;
const MOST_PICTURE_BYTES = 40_000;

export interface Started {
  readonly id: string;
  readonly ms: number;
  readonly window: Window;
}

export class Desk implements AsyncDisposable {
  readonly #product: Product;
  readonly #client: Client;
  readonly #person: Person;
  readonly #stop = new AbortController();
  #windows: readonly Window[] = [];
  #usage: readonly Usage[] = [];
  #reports = 0;
  #prints = 0;

  private constructor(product: Product, client: Client, person: Person) {
    this.#product = product;
    this.#client = client;
    this.#person = person;
  }

  static async open(product: Product): Promise<Desk> {
    const login = { provider: 'directory', name: USER, password: USER } as const;
    const { token } = await createClient({ baseUrl: product.address }).session.login(login);
    const client = createClient({ baseUrl: product.address, token });
    const desk = new Desk(product, client, await Person.at(product));
    await desktopRuns(client);
    // A headless browser crashes when it prints.
    await noteDialogs(desk.#person);
    await desk.#person.logIn(USER, USER);
    await desk.#person.seesDesktop();
    await listen(client, desk.#stop.signal, (event) => {
      if (event.type === 'windows') desk.#windows = event.windows;
      if (event.type === 'print') desk.#prints += 1;
    });
    void desk.#follow();
    return desk;
  }

  async #follow(): Promise<void> {
    for await (const { usage } of this.#client.usage({ signal: this.#stop.signal })) {
      this.#usage = usage;
      this.#reports += 1;
    }
  }

  get home(): string {
    return this.#product.home(USER);
  }

  /** As at a user's first login, so that the next start of an app makes its settings. */
  async emptyHome(): Promise<void> {
    for (const name of await readdir(this.home)) await rm(join(this.home, name), { recursive: true, force: true });
    const { uid, gid } = await stat(this.home);
    await mkdir(join(this.home, '.config'), { mode: 0o700 });
    await chown(join(this.home, '.config'), uid, gid);
  }

  /** Resolves when a window of the class is there, or one of another class stays alone; rejects when none comes, or the app ends. */
  async start(app: string, runtime: Runtime, wmClass: string, file: string | null = null): Promise<Started> {
    const since = performance.now();
    const args = file === null ? [] : [join(HOME, file)];
    const { id } = await this.#client.launches.start({ app, runtime, args });
    let others: number | null = null;
    const window = await eventually(
      `${app} shows a window`,
      async () => {
        const own = this.#windows.filter(({ launchId }) => launchId === id);
        const found = own.find((one) => one.wmClass === wmClass);
        if (found !== undefined) return found;
        if (own[0] !== undefined && performance.now() - (others ??= performance.now()) > OTHER_MS) return own[0];
        const { status } = await this.#client.launches.get(id);
        if (status.state === 'finished') throw new Error(`it ended (${status.reason}, ${status.exitCode})`);
        return null;
      },
      START_MS,
    ).catch(async (error: unknown) => {
      const log = await this.#client.launches.log(id);
      await this.stop(id);
      throw new Error(`${error instanceof Error ? error.message : 'no window'}; log: ${log.slice(-600)}`);
    });
    return { id, ms: performance.now() - since, window };
  }

  /** Whether a title of the launch's windows contains the words, within a while. */
  async titled(id: string, words: string): Promise<boolean> {
    const has = async () =>
      this.#windows.some(({ launchId, title }) => launchId === id && title.toLowerCase().includes(words)) || null;
    return await eventually('the title', has, START_MS / 2).catch(() => false);
  }

  titles(id: string): string[] {
    return this.#windows.filter(({ launchId }) => launchId === id).map(({ title }) => title);
  }

  /** Waits until the app uses little of the processor, but not for long; returns the bytes of memory that it then uses. */
  async idle(id: string): Promise<number | null> {
    let [quiet, seen] = [0, this.#reports];
    const of = () => this.#usage.find(({ launchId }) => launchId === id);
    await eventually(
      'it is idle',
      async () => {
        if (this.#reports === seen) return null;
        seen = this.#reports;
        quiet = (of()?.cpu ?? 1) < IDLE_CORES ? quiet + 1 : 0;
        return quiet >= 2 ? true : null;
      },
      IDLE_MS,
    ).catch(() => undefined);
    return of()?.memoryBytes ?? null;
  }

  async log(id: string): Promise<string> {
    return await this.#client.launches.log(id);
  }

  async stop(id: string): Promise<void> {
    await this.#client.launches.stop(id);
    await eventually(`${id} ends`, async () =>
      (await this.#client.launches.get(id)).status.state === 'finished' ? true : null,
    );
  }

  /** Presses a key in the desktop, as in `Space`. */
  async press(key: string): Promise<void> {
    await this.#person.find('screen').locator('canvas').focus();
    await this.#person.page.keyboard.press(key);
  }

  /** Prints what a launch shows to its default printer, by the keyboard: whether that printed something, within a while. */
  async prints(id: string): Promise<boolean> {
    const [printed, shown] = [this.#prints, this.titles(id).length];
    await this.press('Control+p');
    const dialog = async () => this.titles(id).length > shown || null;
    await eventually('a dialog', dialog, PRINT_MS).catch(() => undefined);
    let entered = -Infinity;
    const comes = async () => {
      if (this.#prints > printed) return true;
      if (performance.now() - entered > ENTER_AGAIN_MS) {
        entered = performance.now();
        await this.press('Enter');
      }
      return null;
    };
    return await eventually('a print', comes, PRINT_MS).catch(() => false);
  }

  /** Whether the dock marks the app as one that plays, within a while. */
  async hears(app: string): Promise<boolean> {
    const mark = this.#person.find('dock-app', `[data-app="${app}"][data-heard="true"]`);
    return await mark.waitFor({ timeout: 20_000 }).then(
      () => true,
      () => false,
    );
  }

  /** The desktop as the browser shows it: a WebP picture. */
  async picture(): Promise<Buffer> {
    const base64 = await this.#person.page.evaluate(
      async ({ width, most }) => {
        const canvas = document.querySelector<HTMLCanvasElement>('[data-test="screen"] canvas');
        if (canvas === null) throw new Error('no screen');
        const small = new OffscreenCanvas(width, Math.round((canvas.height * width) / canvas.width));
        const context = small.getContext('2d');
        if (context === null) throw new Error('no context');
        context.imageSmoothingQuality = 'high';
        context.drawImage(canvas, 0, 0, small.width, small.height);
        let bytes = new Uint8Array();
        for (const quality of [0.8, 0.65, 0.5, 0.35, 0.2]) {
          const blob = await small.convertToBlob({ type: 'image/webp', quality });
          bytes = new Uint8Array(await blob.arrayBuffer());
          if (bytes.length <= most) break;
        }
        return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
      },
      { width: PICTURE_WIDTH, most: MOST_PICTURE_BYTES },
    );
    return Buffer.from(base64, 'base64');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#person[Symbol.asyncDispose]();
  }
}
