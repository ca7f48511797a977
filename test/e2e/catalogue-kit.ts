/** Manages the catalogue with curl, as documented, and restores it afterwards. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { App } from '#protocol/app.ts';
import { AppDocument } from '#protocol/manager.ts';
import type { Product } from './product.ts';
import { type Answer, curl } from './tools.ts';

const TEXT = ['-H', 'Content-Type: text/javascript'] as const;
const PATIENCE_MS = 60_000;

export const Refusal = z.object({
  status: z.number(),
  message: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

export class CatalogueByCurl implements AsyncDisposable {
  readonly url: string;
  readonly #product: Product;
  readonly #folder: string;
  readonly #before: ReadonlySet<string>;

  private constructor(product: Product, folder: string, before: ReadonlySet<string>) {
    this.url = `${product.address}/API/manager`;
    this.#product = product;
    this.#folder = folder;
    this.#before = before;
  }

  static async of(product: Product): Promise<CatalogueByCurl> {
    const apps = await (await product.administrator()).apps.list();
    const folder = await mkdtemp(join(tmpdir(), 'deskpod-catalogue-'));
    return new CatalogueByCurl(product, folder, new Set(apps.map(({ id }) => id)));
  }

  get(path: string): Promise<Answer> {
    return curl(`${this.url}/${path}`);
  }

  delete(path: string): Promise<Answer> {
    return curl('-X', 'DELETE', `${this.url}/${path}`);
  }

  /** `curl -X PUT -H 'Content-Type: text/javascript' …/API/manager/image -d @file` */
  async send(method: 'PUT' | 'POST' | 'PATCH', body: unknown, path = 'image'): Promise<Answer> {
    const file = join(this.#folder, 'body.json');
    await writeFile(file, typeof body === 'string' ? body : JSON.stringify(body));
    return curl('-X', method, ...TEXT, `${this.url}/${path}`, '-d', `@${file}`);
  }

  /** The ids of all entries, as returned by `GET images`. */
  async ids(): Promise<string[]> {
    return Object.keys(z.record(z.string(), AppDocument).parse(JSON.parse((await this.get('images')).body)));
  }

  /** Waits until the app's image is neither being pulled nor queued for a pull. */
  async settles(id: string): Promise<App> {
    const client = await this.#product.administrator();
    const enough = new AbortController();
    const late = AbortSignal.timeout(PATIENCE_MS);
    try {
      for await (const event of client.events({ signal: AbortSignal.any([enough.signal, late]) })) {
        const apps = event.type === 'app' ? [event.app] : event.type === 'apps' ? event.apps : [];
        const found = apps.find((app) => app.id === id);
        if (found && ['ready', 'unavailable'].includes(found.availability.state)) return found;
      }
    } finally {
      enough.abort();
    }
    return assert.fail(`${id} never came or failed`);
  }

  /** Deletes the entries that were added since. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of await this.ids()) {
      if (!this.#before.has(id)) await this.delete(`image/${encodeURIComponent(id)}`);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export function documents(answer: Answer): AppDocument[] {
  assert.equal(answer.status, 200, answer.body.slice(0, 500));
  return z.array(AppDocument).parse(JSON.parse(answer.body));
}

export function refusal(answer: Answer): z.infer<typeof Refusal> {
  assert.equal(answer.status, 400, answer.body.slice(0, 500));
  return Refusal.parse(JSON.parse(answer.body));
}
