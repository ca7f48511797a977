#!/usr/bin/env node
// @ts-check
// The way in, for any Node from 18 on and without node_modules: becomes root where that is needed, fetches the npm
// packages when they are not those of the lock file, then hands over to the Node 24 among them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, statfsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');
const NEEDS_ROOT = new Set(['start', 'test', 'bench', 'users', 'images', 'uninstall']);
/** Commands of the checkout itself rather than of the product. */
const SCRIPTS = new Map([
  ['test', 'test/run.ts'],
  ['bench', 'bench/run.ts'],
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

/** Whether node_modules is what package-lock.json says. npm writes its own list last, so a broken install has none. */
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
 * Runs npm in the checkout, as whoever owns it, so that they can do it themselves later.
 * @param {string[]} args
 * @param {string | null} node to run npm with instead of its own
 */
function npm(args, node) {
  const owner = statSync(join(ROOT, 'package.json'));
  const asOwner = process.getuid?.() === 0 && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : {};
  const bin = node === null ? null : dirname(node);
  const env =
    bin === null ? process.env : { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_NO_WARNINGS: '1' };
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  // The scripts of npm begin with `env node`: the first on the path runs them.
  const { error, status } = spawnSync('npm', [...args, ...quiet], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...asOwner,
  });
  if (error) stop(`npm cannot be run (${error.message}). Install it: apt-get install npm`);
  return status === 0;
}

function installPackages() {
  const { bavail, bsize } = statfsSync(ROOT);
  if (bavail * bsize < PACKAGES_NEED) {
    stop(
      `there are ${Math.floor((bavail * bsize) / 1e6)} MB free for ${ROOT}; the npm packages need 1000. Free some space.`,
    );
  }
  console.log('Fetching npm packages …');
  const begun = Date.now();
  const failed =
    'the npm packages could not be fetched; the reason is above. Check the network and disk space, then try again.';
  /** @type {string | null} */
  let node = null;
  // An older Node makes npm leave out native parts that say they need a newer one: it gets that one first.
  const own = join(ROOT, '.cache', 'node');
  if (Number(process.versions.node.split('.')[0]) < NODE_FOR_NPM) {
    const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    if (!npm(['install', '--prefix', own, '--no-save', `node@${devDependencies.node}`], null)) stop(failed);
    node = join(own, 'node_modules', 'node', 'bin', 'node');
  }
  if (!npm(['ci'], node) || !packagesAreThere()) stop(failed);
  rmSync(own, { recursive: true, force: true });
  console.log(`✓ npm packages ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

/**
 * Runs a program in our place: its output, its signals, its end.
 * @param {string} command
 * @param {string[]} args
 */
function become(command, args) {
  const child = spawn(command, args, { stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    // Ctrl-C reaches the child by itself; we only wait for what it makes of it.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('error', (error) => stop(`${command} cannot be run: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

const args = process.argv.slice(2);
const command = args.find((word) => !word.startsWith('-')) ?? '';
if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  stop(`this is Node ${process.versions.node}; Deskpod needs ${OLDEST_NODE} or newer to begin with.`);
}
const needsRoot = NEEDS_ROOT.has(command) && !args.includes('--help') && !args.includes('-h');
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
