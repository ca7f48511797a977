/** The browser's code: bundled when its sources changed, and replaced as a whole. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';

/** Sources of the bundle, below the repository. */
const SOURCES = ['web', 'src/protocol', 'src/client', 'package-lock.json'];
const NOT_SOURCES = new Set(['dist', 'node_modules']);

/** Returns whether it had to be built. */
export async function bundleWeb(root: string): Promise<boolean> {
  const dist = join(root, 'web/dist');
  const cache = join(root, '.cache');
  const stamp = join(cache, 'web-source');
  const source = await hashSources(root);
  if (
    existsSync(join(dist, 'index.html')) &&
    (await readFile(stamp, 'utf8').catch(ignore('nothing is bundled yet', ''))) === source
  )
    return false;
  const next = join(cache, 'web-next');
  const former = join(cache, 'web-former');
  await rm(stamp, { force: true });
  await mkdir(cache, { recursive: true });
  await runVite(root, next);
  await rm(former, { recursive: true, force: true });
  if (existsSync(dist)) await rename(dist, former);
  await rename(next, dist);
  await writeFile(stamp, source);
  await rm(former, { recursive: true, force: true });
  return true;
}

async function runVite(root: string, outDir: string): Promise<void> {
  // As the owner of the checkout, so that they can rebuild it later.
  const { uid, gid } = await stat(join(root, 'package.json'));
  const asRoot = process.getuid?.() === 0;
  const owner = asRoot ? { uid, gid } : {};
  if (asRoot) await chown(dirname(outDir), uid, gid);
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', 'web', '--outDir', outDir, '--emptyOutDir'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...owner });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = await once(child, 'close');
  if (code === 0) return;
  throw new DeskpodError('internal_error', `The browser code couldn't be bundled: ${output.trim()}`, {
    remedy: 'Fix the problem in web/ that the message names, then start again.',
  });
}

async function hashSources(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of await filesBelow(join(root, source))) {
      hash.update(`${relative(root, path)}\0`).update(await readFile(path));
    }
  }
  return hash.digest('hex');
}

async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path).catch(ignore('the source does not exist', null));
  if (found === null) return [];
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => !NOT_SOURCES.has(name)).sort();
  const nested = await Promise.all(names.map((name) => filesBelow(join(path, name))));
  return nested.flat();
}
