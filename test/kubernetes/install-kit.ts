/** The scripts of deploy/ and the programs beside them, as an administrator runs them, in namespaces of the tests' own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ran, ran, ROOT } from '../e2e/tools.ts';

/** Where the tests' images are; the run of these tests pushes them there. */
export const REGISTRY = process.env['DESKPOD_TEST_REGISTRY'] ?? '127.0.0.1:5000/deskpod';
export const MINUTE_MS = 60_000;

/** Why nothing can be tried, or false. */
export const noCluster =
  process.env['KUBECONFIG'] === undefined ? 'KUBECONFIG is not set: there is no cluster to install into' : false;
export const noHelm = spawnSync('helm', ['version']).status === 0 ? false : 'helm is not installed';
export const noShellcheck = spawnSync('shellcheck', ['--version']).status === 0 ? false : 'shellcheck is not installed';

/** One command line as people type it. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}, timeoutMs = MINUTE_MS): Promise<Ran> {
  return ran('bash', ['-c', line], { env, signal: AbortSignal.timeout(timeoutMs) });
}

/** The same, which must succeed; answers what it printed. */
export async function done(
  line: string,
  env: Readonly<Record<string, string>> = {},
  timeoutMs = MINUTE_MS,
): Promise<string> {
  const { code, out, err } = await shell(line, env, timeoutMs);
  assert.equal(code, 0, `${line}\n${out}${err}`);
  return out;
}

export function kubectl(line: string, timeoutMs = MINUTE_MS): Promise<string> {
  return done(`kubectl ${line}`, {}, timeoutMs);
}

/** A namespace for one test, with a folder on the node for its database; both go with it. */
export class Place implements AsyncDisposable {
  readonly namespace: string;
  readonly nodePort: number;
  readonly folder = mkdtempSync(join(tmpdir(), 'deskpod-volume-'));

  constructor(name: string, nodePort: number) {
    this.namespace = `deskpod-test-${name}`;
    this.nodePort = nodePort;
  }

  get address(): string {
    return `http://localhost:${this.nodePort}`;
  }

  /** `deploy/install.sh` with what makes it this place's. */
  install(more = '', timeoutMs = 10 * MINUTE_MS): Promise<Ran> {
    return shell(`${join(ROOT, 'deploy/install.sh')} ${this.options} ${more} </dev/null`, {}, timeoutMs);
  }

  uninstall(more = '--yes'): Promise<Ran> {
    const script = join(ROOT, 'deploy/uninstall.sh');
    return shell(`${script} --namespace ${this.namespace} ${more} </dev/null`, {}, 5 * MINUTE_MS);
  }

  get options(): string {
    return `--namespace ${this.namespace} --node-port ${this.nodePort} --registry ${REGISTRY} --pull-policy Always --node-path ${this.folder}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await clear(this.namespace);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Everything of an installation, whoever made it, also what belongs to no namespace. */
export async function clear(namespace: string): Promise<void> {
  const suffix = namespace === 'abcdesktop' ? '' : `-${namespace}`;
  await shell(`kubectl delete namespace ${namespace} --ignore-not-found --timeout=150s`, {}, 3 * MINUTE_MS);
  await shell(`kubectl delete pv ${namespace}-postgres ${namespace}-deskpod --ignore-not-found`);
  await shell(`kubectl delete clusterrolebinding pyos-rbac${suffix} --ignore-not-found`);
  await shell(`kubectl delete clusterrole pyos-role${suffix} --ignore-not-found`);
}
