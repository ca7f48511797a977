#!/usr/bin/env node
// @ts-check
// The way in, for any Node from 18 on and without node_modules: becomes root where that is needed, fetches the npm
// packages when they are not those of the lock file, then hands over to the Node 24 among them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const NODE = join(ROOT, 'node_modules', 'node', 'bin', 'node');
const NEEDS_ROOT = new Set(['start', 'test', 'bench', 'users', 'uninstall']);
/** Commands of the checkout itself rather than of the product. */
const SCRIPTS = new Map([
  ['test', 'test/run.ts'],
  ['bench', 'bench/run.ts'],
]);
const OLDEST_NODE = 18;

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

function installPackages() {
  console.log('Fetching npm packages …');
  const begun = Date.now();
  const owner = statSync(join(ROOT, 'package.json'));
  // As whoever owns the checkout, so that they can do it themselves later.
  const asOwner = process.getuid?.() === 0 && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : {};
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...asOwner,
  });
  if (npm.error) stop(`npm cannot be run (${npm.error.message}). Install it: apt-get install npm`);
  if (npm.status !== 0 || !packagesAreThere()) {
    stop(
      'the npm packages could not be fetched; the reason is above. Check the network and disk space, then try again.',
    );
  }
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
