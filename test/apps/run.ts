/**
 * `npm run test:apps`: builds each app's image, tries it on a real desktop, and writes the results to docs/apps.md, with a picture
 * of each. `-- NAME…`: only these; `-- --shard 1/4`: the first of four shares. Results of other apps are kept. Fails if an app
 * has a problem.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createProgress } from '#setup/progress.ts';
import { setUp } from '#setup/setup.ts';
import { eventually } from '../e2e/faults-kit.ts';
import { engineApi } from '../e2e/machine.ts';
import { installOwnApp } from '../e2e/own-apps.ts';
import { DATA, Product, RUN } from '../e2e/product.ts';
import { chosen } from './choice.ts';
import { Desk } from './desk.ts';
import { pageOf } from './page.ts';
import { described, recipes, ROOT } from './recipes.ts';
import { merged, type Result, Results } from './results.ts';
import { type ImageSize, type TriedApp, tried } from './trial.ts';

const BUILD_MS = 25 * 60_000;
const RESULTS = join(import.meta.dirname, 'results.json');
const PAGE = join(ROOT, 'docs/apps.md');
const PICTURES = join(ROOT, 'docs/screenshots/apps');
const Sized = z.looseObject({ Size: z.number() });

const { values, positionals } = parseArgs({ options: { shard: { type: 'string' } }, allowPositionals: true });
const all = recipes();
const wanted = chosen(all, { names: positionals, shard: values.shard });
const places = { root: ROOT, dataDir: DATA, runDir: RUN, baseImage: null, engineSocket: null, listen: null };
await setUp(places, createProgress(process.stderr), new AbortController().signal);
await using product = await Product.start(['--demo']);
let failures = 0;
/** One for all apps, until one of them breaks it. */
let desk = await Desk.open(product);
for (const recipe of wanted) {
  try {
    await record(await tryOne(recipe));
  } catch (error) {
    console.error(`✖ ${recipe.name}: ${error instanceof Error ? error.message : String(error)}`);
    failures += 1;
    await desk[Symbol.asyncDispose]();
    await product.clear();
    desk = await Desk.open(product);
  }
}
await desk[Symbol.asyncDispose]();
await product.clear();
console.log(`${wanted.length - failures} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;

async function tryOne(recipe: (typeof all)[number]): Promise<Result> {
  const app = await installed(recipe);
  const size = await sizeOf(recipe);
  return await tried(desk, app, size, join(PICTURES, `${recipe.name}.webp`));
}

async function installed({ name, labels }: (typeof all)[number]): Promise<TriedApp> {
  await installOwnApp(product, name, BUILD_MS);
  await updated(name);
  // What an entry says of its windows comes from the image.
  const { displayName, wmClass, runtime, opens } = await installOwnApp(product, name, BUILD_MS);
  const sandboxed = labels['oc.seccomp'] !== undefined;
  return { name, displayName, wmClass, runtime, opens, sounds: opens.includes('.wav'), sandboxed };
}

/** What is tried is the recipe as it is, not an image of an earlier one. */
async function updated(name: string): Promise<void> {
  const client = await product.administrator();
  const find = async () => (await client.apps.store()).apps.find((one) => one.name === name);
  const before = await find();
  if (before?.state.state !== 'outdated' || before.state.why !== 'recipe') return;
  await client.apps.update(before.id);
  await eventually(
    `${name} is updated`,
    async () => {
      const { state } = (await find()) ?? before;
      if (state.state === 'failed') throw new Error(state.reason);
      return state.state === 'installed' ? true : null;
    },
    BUILD_MS,
  );
}

/** Parents that only this app is built on are its own. */
async function sizeOf({ reference, parents }: (typeof all)[number]): Promise<ImageSize> {
  const bytes = async (image: string) =>
    (await engineApi.json(Sized, 'GET', `/images/${encodeURIComponent(image)}/json`)).Size;
  const [whole, below] = [await bytes(reference), await bytes(parents[0] ?? reference)];
  return { imageMb: Math.round(whole / 1e6), ownMb: Math.round((whole - below) / 1e6) };
}

async function record(result: Result): Promise<void> {
  const text = await readFile(RESULTS, 'utf8').catch(() => '[]');
  const names = all.map(({ name }) => name);
  const results = merged(Results.parse(JSON.parse(text)), [result], names);
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
  await writeFile(PAGE, pageOf(all.map(described), results));
  const { name, problems, coldMs, warmMs } = result;
  console.log(`${problems.length > 0 ? '✖' : '✓'} ${name}: cold ${coldMs} ms, warm ${warmMs} ms`);
  for (const problem of problems) console.log(`    ${problem}`);
  if (problems.length > 0) failures += 1;
}
