#!/usr/bin/env node
// @ts-check
// The entry point, for any Node from 18 on and without node_modules: becomes root where a command needs it, fetches the
// npm packages if they differ from the lock file, then hands over to the Node 24 among them.
import { spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Node for this system, without an install script: package-lock.json has its hash. */
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;
const NODE = join(ROOT, 'node_modules', NODE_PACKAGE, 'bin', 'node');
const NEEDS_ROOT = new Set([
  'start',
  'engine',
  'dev',
  'test',
  'test:kubernetes',
  'bench',
  'test:apps',
  'test:keyboards',
  'users',
  'images',
  'uninstall',
]);
/** Commands of the checkout itself rather than of the product. */
const SCRIPTS = new Map([
  ['test', 'test/run.ts'],
  ['dev', 'bin/dev.ts'],
  ['bench', 'bench/run.ts'],
  ['fuzz', 'test/fuzz/run.ts'],
  ['test:apps', 'test/apps/run.ts'],
  ['test:keyboards', 'test/keyboards/run.ts'],
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

/** @returns {Record<string, { version?: string, optional?: boolean }>} */
function lockedPackages() {
  return JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
}

/** Whether node_modules matches package-lock.json. npm writes its own list last, so an interrupted install has none. */
function packagesAreThere() {
  if (!existsSync(NODE)) return false;
  try {
    const wanted = lockedPackages();
    const present = JSON.parse(readFileSync(join(ROOT, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      const found = present[path];
      return path === '' || (found ? found.version === version : optional === true);
    });
  } catch {
    return false;
  }
}

/** The owner of the checkout if root runs this for somebody else. */
function owner() {
  const { uid, gid } = statSync(join(ROOT, 'package.json'));
  return process.getuid?.() === 0 && uid !== 0 ? { uid, gid } : null;
}

/**
 * Runs npm in the checkout as its owner, so that they can run it themselves later.
 * @param {string[]} args
 * @param {string | null} node runs npm instead of the one on the path
 */
function npm(args, node) {
  const bin = node === null ? null : dirname(node);
  const env =
    bin === null ? process.env : { ...process.env, PATH: `${bin}:${process.env.PATH}`, NODE_NO_WARNINGS: '1' };
  // No package needs its install script.
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm's scripts start with `env node`: the first one on the path runs them.
  const { error, status } = spawnSync('npm', [...args, ...quiet], {
    cwd: ROOT,
    env,
    // Standard output is the command's.
    stdio: ['ignore', process.stderr, 'inherit'],
    ...owner(),
  });
  if (error) stop(`npm can't be run (${error.message}). Install it: apt-get install npm`);
  return status === 0;
}

/**
 * A project that has only Node, with the version and hash of package-lock.json.
 * @param {string} folder
 */
function writeNodeLock(folder) {
  const path = `node_modules/${NODE_PACKAGE}`;
  const locked = lockedPackages()[path];
  const project = { name: 'deskpod-node', version: '0.0.0', dependencies: { [NODE_PACKAGE]: locked?.version } };
  const lock = { ...project, lockfileVersion: 3, packages: { '': project, [path]: { ...locked, optional: false } } };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(project));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const { uid, gid } = owner() ?? {};
  if (uid === undefined || gid === undefined) return;
  for (const one of [dirname(folder), folder]) chownSync(one, uid, gid);
}

/** For npm's scripts. Npm 9 removes the link again, with that of the package for the other processor. */
function linkNode() {
  const link = join(ROOT, 'node_modules', '.bin', 'node');
  if (existsSync(link)) return;
  rmSync(link, { force: true });
  symlinkSync(join('..', NODE_PACKAGE, 'bin', 'node'), link);
}

function installPackages() {
  if (lockedPackages()[`node_modules/${NODE_PACKAGE}`] === undefined) {
    stop(`there is no Node for ${process.platform} on ${process.arch}. Use Linux on x64 or arm64.`);
  }
  const { bavail, bsize } = statfsSync(ROOT);
  if (bavail * bsize < PACKAGES_NEED) {
    stop(
      `${ROOT} has ${Math.floor((bavail * bsize) / 1e6)} MB of free space; the npm packages need 1000 MB. Free some space.`,
    );
  }
  console.error('Fetching npm packages …');
  const since = Date.now();
  const failed =
    'the npm packages could not be fetched; see the reason above. Check the network and disk space, then try again.';
  /** @type {string | null} */
  let node = null;
  // Run by an older Node, npm leaves out native packages that require a newer one: fetch that Node first.
  const own = join(ROOT, '.cache', 'node');
  if (Number(process.versions.node.split('.')[0]) < NODE_FOR_NPM) {
    writeNodeLock(own);
    if (!npm(['ci', '--prefix', own], null)) stop(failed);
    node = join(own, 'node_modules', NODE_PACKAGE, 'bin', 'node');
  }
  if (!npm(['ci'], node) || !packagesAreThere()) stop(failed);
  linkNode();
  rmSync(own, { recursive: true, force: true });
  console.error(`✓ npm packages ${((Date.now() - since) / 1000).toFixed(1)} s`);
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
  console.error('Containers need root: asking sudo.');
  become('sudo', ['--', process.execPath, fileURLToPath(import.meta.url), ...args]);
} else {
  if (!packagesAreThere()) installPackages();
  const script = SCRIPTS.get(command);
  become(NODE, script ? [join(ROOT, script), ...args.slice(1)] : [join(ROOT, 'src/cli/cli.ts'), ...args]);
}
