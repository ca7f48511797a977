#!/usr/bin/env node
// @ts-check
// The entry point, for any Node from 18 on and without node_modules: becomes root where a command needs it, fetches the
// npm packages if they differ from the lock file, then hands over to the Node 24 among them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');
const NEEDS_ROOT = new Set(['start', 'dev', 'test', 'test:kubernetes', 'bench', 'users', 'images', 'uninstall']);
/** Commands of the checkout itself rather than of the product. */
const SCRIPTS = new Map([
  ['test', 'test/run.ts'],
  ['dev', 'bin/dev.ts'],
  ['bench', 'bench/run.ts'],
  ['test:kubernetes', 'test/kubernetes/run.ts'],
]);
const OLDEST_NODE = 18;
const NODE_FOR_NPM = 22;
const PACKAGES_NEED = 1e9;

/**
 * @param {string} message
 * @returns {never}
 */
function stop(message) {
  console.error(`deskpod: ${message}`);
  process.exit(1);
}

/** Whether node_modules matches package-lock.json. npm writes its own list last, so an interrupted install has none. */
function packagesAreThere() {
  if (!existsSync(NODE)) return false;
  try {
    const wanted = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      const found = present[path];
      return path === '' || (found ? found.version === version : optional === true);
    });
  } catch {
    return false;
  }
}

/**
 * Runs npm in the checkout as its owner, so that they can run it themselves later.
 * @param {string[]} args
 * @param {string | null} node runs npm instead of the one on the path
 */
function npm(args, node) {
  const owner = statSync(join(ROOT, 'package.json'));
  const asOwner = process.getuid?.() === 0 && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : {};
  const bin = node === null ? null : dirname(node);
  const env =
    bin === null ? process.env : { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_NO_WARNINGS: '1' };
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // npm's scripts start with `env node`: the first one on the path runs them.
  const { error, status } = spawnSync('npm', [...args, ...quiet], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...asOwner,
  });
  if (error) stop(`npm can't be run (${error.message}). Install it: apt-get install npm`);
  return status === 0;
}

function installPackages() {
  const { bavail, bsize } = statfsSync(ROOT);
  if (bavail * bsize < PACKAGES_NEED) {
    stop(
      `${ROOT} has ${Math.floor((bavail * bsize) / 1e6)} MB of free space; the npm packages need 1000 MB. Free some space.`,
    );
  }
  console.log('Fetching npm packages …');
  const since = Date.now();
  const failed =
    'the npm packages could not be fetched; see the reason above. Check the network and disk space, then try again.';
  /** @type {string | null} */
  let node = null;
  // Run by an older Node, npm leaves out native packages that require a newer one: fetch that Node first.
  const own = join(ROOT, '.cache', 'node');
  if (Number(process.versions.node.split('.')[0]) < NODE_FOR_NPM) {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    if (!npm(['install', '--prefix', own, '--no-save', `node@${devDependencies.node}`], null)) stop(failed);
    node = join(own, 'node_modules', 'node', 'bin', 'node');
  }
  if (!npm(['ci'], node) || !packagesAreThere()) stop(failed);
  rmSync(own, { recursive: true, force: true });
  console.log(`✓ npm packages ${((Date.now() - since) / 1000).toFixed(1)} s`);
}

/**
 * Runs a program in place of this one: same output, signals and exit code.
 * @param {string} command
 * @param {string[]} args
 */
function become(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // Ctrl-C on a terminal reaches the child directly.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('error', (error) => stop(`${command} can't be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

const args = process.argv.slice(2);
const command = args.find((word) => !word.startsWith('-')) ?? '';
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  stop(`this is Node ${process.versions.node}; Deskpod needs ${OLDEST_NODE} or newer to start.`);
}
const needsRoot = NEEDS_ROOT.has(command) && !['--help', '-h', '--units'].some((word) => args.includes(word));
if (needsRoot && process.getuid?.() !== 0) {
  const sudo = spawnSync('sudo', ['--version'], { stdio: 'ignore' });
  if (sudo.error) stop(`\`${command}\` needs root: it runs containers. Run it as root, or install sudo.`);
  console.log('Containers need root: asking sudo.');
  become('sudo', ['--', process.execPath, fileURLToPath(import.meta.url), ...args]);
} else {
  if (!packagesAreThere()) installPackages();
  const script = SCRIPTS.get(command);
  become(NODE, script ? [join(ROOT, script), ...args.slice(1)] : [join(ROOT, 'src/cli/cli.ts'), ...args]);
}
