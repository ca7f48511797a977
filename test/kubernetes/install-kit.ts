/** The scripts of deploy/ and related programs, run as by an administrator, in namespaces of the tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ran, ran, ROOT } from '../e2e/tools.ts';
import { lockOneOf } from '../runner/lock.ts';

/** The registry of the tests' images; the runner of these tests pushes them. */
export const REGISTRY = process.env['DESKPOD_TEST_REGISTRY'] ?? '127.0.0.1:5000/deskpod';
export const MINUTE_MS = 60_000;
/** Usually half a minute. The script itself gives up first, and then says which pod isn't ready. */
const INSTALL_MS = 6 * MINUTE_MS;
const INSTALL_SECONDS = 300;

/** The documented parts of an installation. */
export const ROLES = ['pyos-od', 'nginx-od', 'mongodb-od', 'speedtest-od', 'openldap-od'];

/**
 * For tests that make a storage class the default of the cluster, and for those that need a cluster without one. They run
 * beside all others, but not beside each other.
 */
export function defaultClass(): Promise<Disposable> {
  return lockOneOf(['default storage class of the cluster'], 20 * MINUTE_MS);
}

/** The reason for skipping the tests, or false. */
export const noCluster =
  process.env['KUBECONFIG'] === undefined ? 'KUBECONFIG is not set: there is no cluster to install into' : false;
export const noHelm = spawnSync('helm', ['version']).status === 0 ? false : 'helm is not installed';
export const noShellcheck = spawnSync('shellcheck', ['--version']).status === 0 ? false : 'shellcheck is not installed';

/** Runs one command line in a shell. */
export function shell(line: string, env: Readonly<Record<string, string>> = {}, timeoutMs = MINUTE_MS): Promise<Ran> {
  return ran('bash', ['-c', line], { env, signal: AbortSignal.timeout(timeoutMs) });
}

/** Runs a command line that must succeed; returns its output. */
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

/**
 * Returns a function that waits until the pods that the label selects now are gone. A rollout is complete before: the old
 * pods still answer some requests.
 */
export async function podsOf(label: string, namespace: string): Promise<() => Promise<void>> {
  const names = (await kubectl(`get pods -l ${label} -n ${namespace} -o name`)).trim().split('\n').join(' ');
  return async () => {
    await kubectl(`wait --for=delete ${names} -n ${namespace} --timeout=120s`, 3 * MINUTE_MS);
  };
}

/** A namespace for one test, with a folder on the node for its database. Both are removed with it. */
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

  /** Runs `deploy/install.sh` with the options for this namespace. */
  install(more = '', timeoutMs = INSTALL_MS): Promise<Ran> {
    return this.installWith(`--homes none ${more}`, timeoutMs);
  }

  /** Runs it without options about homes. */
  installWith(more: string, timeoutMs = INSTALL_MS): Promise<Ran> {
    return shell(`${join(ROOT, 'deploy/install.sh')} ${this.withoutHomes} ${more} </dev/null`, {}, timeoutMs);
  }

  uninstall(more = '--yes'): Promise<Ran> {
    const script = join(ROOT, 'deploy/uninstall.sh');
    return shell(`${script} --namespace ${this.namespace} ${more} </dev/null`, {}, 5 * MINUTE_MS);
  }

  /** The test cluster has no storage class. */
  get options(): string {
    return `${this.withoutHomes} --homes none`;
  }

  get withoutHomes(): string {
    return `--namespace ${this.namespace} --node-port ${this.nodePort} --registry ${REGISTRY} --pull-policy Always --node-path ${this.folder} --timeout ${INSTALL_SECONDS}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await clear(this.namespace);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Removes all objects of an installation, however it was created, including cluster-wide ones. */
export async function clear(namespace: string): Promise<void> {
  const suffix = namespace === 'abcdesktop' ? '' : `-${namespace}`;
  await shell(`kubectl delete namespace ${namespace} --ignore-not-found --wait=false`);
  // A namespace is gone when its pods are; nobody is left whom they should serve until then.
  await shell(`kubectl delete pods --all -n ${namespace} --now --wait=false`);
  await shell(`kubectl wait --for=delete namespace/${namespace} --timeout=150s`, {}, 3 * MINUTE_MS);
  await shell(`kubectl delete pv ${namespace}-postgres ${namespace}-deskpod --ignore-not-found`);
  await shell(`kubectl delete clusterrolebinding pyos-rbac${suffix} --ignore-not-found`);
  await shell(`kubectl delete clusterrole pyos-role${suffix} --ignore-not-found`);
}
