/** A user who follows the documentation: a folder with its files, its commands word for word, a browser. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { count, type Person } from '../e2e/person.ts';
import { ROOT, Terminal } from '../e2e/tools.ts';
import { clear, defaultClass, done, MINUTE_MS, REGISTRY, shell } from './install-kit.ts';

export const ADDRESS = 'http://localhost:30443';
export const NAMESPACE = 'abcdesktop';
/** Colours of the boards of 2048 Qt and GNOME 2048 at empty fields. */
export const QT_BOARD = [205, 193, 180] as const;
export const GTK_BOARD = [255, 255, 255] as const;

/** The documented key commands, with the requested key length. */
const KEYS = (bits: number) => `
openssl genrsa -out abcdesktop_jwt_desktop_payload_private_key.pem ${bits}
openssl rsa -in abcdesktop_jwt_desktop_payload_private_key.pem -outform PEM -pubout -out  _abcdesktop_jwt_desktop_payload_public_key.pem
openssl rsa -pubin -in _abcdesktop_jwt_desktop_payload_public_key.pem -RSAPublicKey_out -out abcdesktop_jwt_desktop_payload_public_key.pem
openssl genrsa -out abcdesktop_jwt_desktop_signing_private_key.pem ${bits}
openssl rsa -in abcdesktop_jwt_desktop_signing_private_key.pem -outform PEM -pubout -out abcdesktop_jwt_desktop_signing_public_key.pem
openssl genrsa -out abcdesktop_jwt_user_signing_private_key.pem ${bits}
openssl rsa -in abcdesktop_jwt_user_signing_private_key.pem -outform PEM -pubout -out abcdesktop_jwt_user_signing_public_key.pem
`;
const SECRETS = `
kubectl create secret generic abcdesktopjwtdesktoppayload --from-file=abcdesktop_jwt_desktop_payload_private_key.pem --from-file=abcdesktop_jwt_desktop_payload_public_key.pem --namespace=abcdesktop
kubectl create secret generic abcdesktopjwtdesktopsigning --from-file=abcdesktop_jwt_desktop_signing_private_key.pem --from-file=abcdesktop_jwt_desktop_signing_public_key.pem --namespace=abcdesktop
kubectl create secret generic abcdesktopjwtusersigning --from-file=abcdesktop_jwt_user_signing_private_key.pem --from-file=abcdesktop_jwt_user_signing_public_key.pem --namespace=abcdesktop
`;

/** The source of a catalogue file. */
export interface Export {
  /** An app of this project. */
  readonly app: string;
  /** The name and tag of the image in the registry. */
  readonly as: string;
  readonly file: string;
}

/** Longer than any wait in a step; a step that waits without end fails, and says which one it was. */
const STEP_MS = 8 * MINUTE_MS;

const Added = z.looseObject({ name: z.string(), icondata: z.string() });

/**
 * Tests that depend on each other: after a failure, the remaining ones are skipped, and the logs of the pods are shown.
 */
export function steps(): (name: string, run: () => Promise<void>) => void {
  let failed: string | null = null;
  return (name, run) => {
    test(name, { timeout: STEP_MS }, async (context) => {
      if (failed !== null) return context.skip(`after “${failed}” has failed`);
      try {
        await run();
      } catch (error) {
        failed = name;
        const logs = 'for run in nginx-od pyos-od; do kubectl logs -l run=$run -n abcdesktop --prefix --tail=60; done';
        const { out } = await shell(`kubectl get pods -n abcdesktop; (${logs}) | grep -v -e /healthz -e /readyz`);
        context.diagnostic(out);
        throw error;
      }
    });
  };
}

export class Walk implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'deskpod-walk-'));
  readonly #lock: Disposable;

  private constructor(lock: Disposable) {
    this.#lock = lock;
  }

  /**
   * A cluster without an installation and a default class, and the downloaded files; `config` changes the od.config of
   * the release.
   */
  static async begin(config: (text: string) => string): Promise<Walk> {
    const walk = new Walk(await defaultClass());
    await clear(NAMESPACE);
    mkdirSync(join(walk.folder, 'volume'));
    for (const file of ['deskpod.yaml', 'poduser.yaml'])
      await copyFile(join(ROOT, 'deploy/kubernetes', file), join(walk.folder, file));
    // Always needed: files that an earlier test run left on the node have the same names.
    await walk.run(`sed -i 's#localhost/deskpod#${REGISTRY}#; s#IfNotPresent#Always#' deskpod.yaml poduser.yaml`);
    const text = await readFile(join(ROOT, 'deploy/kubernetes/od.config'), 'utf8');
    const changed = config(text);
    await writeFile(join(walk.folder, 'od.config'), changed);
    return walk;
  }

  /** Runs a command line in the folder of the walk; it must succeed. */
  run(line: string, timeoutMs = MINUTE_MS): Promise<string> {
    return done(`cd ${this.folder} && ${line}`, {}, timeoutMs);
  }

  async change(file: string, edit: (text: string) => string): Promise<void> {
    const path = join(this.folder, file);
    const before = await readFile(path, 'utf8');
    const after = edit(before);
    assert.notEqual(after, before, `${file} contains the text to change`);
    await writeFile(path, after);
  }

  /** Runs `deskpod apps export` as in docs/install-kubernetes.md: from the checkout, without a server. */
  async exportApps(exports: readonly Export[]): Promise<void> {
    await using terminal = await Terminal.open();
    for (const { app, as, file } of exports) {
      const args = ['apps', 'export', app, '--as', as, '--registry', REGISTRY, '-o', join(this.folder, file)];
      const { code, err } = await terminal.deskpod(args);
      assert.equal(code, 0, err);
    }
  }

  /** Step 2 of the documentation; returns the output of kubectl. */
  async makeKeys(bits: number): Promise<string> {
    await this.run(`set -e${KEYS(bits)}`);
    return await this.run(`set -e${SECRETS}`);
  }

  /** The test cluster has no storage class; docs/install-kubernetes.md has this volume for such clusters. */
  async makeVolume(): Promise<void> {
    const node = (await this.run('kubectl get nodes -o name')).split('\n')[0]?.replace('node/', '') ?? '';
    const volume = {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${NAMESPACE}-postgres`, labels: { 'app.kubernetes.io/part-of': 'deskpod' } },
      spec: {
        capacity: { storage: '8Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: '',
        claimRef: { namespace: NAMESPACE, name: 'postgres' },
        local: { path: join(this.folder, 'volume') },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
            ],
          },
        },
      },
    };
    await writeFile(join(this.folder, 'volume.json'), JSON.stringify(volume));
    await this.run('kubectl create -f volume.json');
  }

  /** Waits until every part of the installation runs. */
  async waitForParts(): Promise<void> {
    const parts = ['postgres', 'openldap', 'api', 'gateway', 'speedtest'];
    for (const part of parts) {
      await this.run(
        `kubectl rollout status deployment/${part} -n abcdesktop --timeout=300s || { kubectl get pods -n abcdesktop; kubectl logs deployment/${part} -n abcdesktop --tail=40; exit 1; }`,
        6 * MINUTE_MS,
      );
    }
  }

  /** Sends the documented PUT, optionally with the key of this installation. */
  put(file: string, ...headers: readonly string[]): Promise<string> {
    const more = headers.map((header) => ` -H '${header}'`).join('');
    return this.run(
      `curl -sS -X PUT -H 'Content-Type: text/javascript'${more} ${ADDRESS}/API/manager/image -d @${file}`,
    );
  }

  /** Sends a PUT that must succeed; returns the added app. */
  async add(file: string, ...headers: readonly string[]): Promise<z.infer<typeof Added>> {
    const answer = await this.put(file, ...headers);
    const parsed = z.tuple([Added]).safeParse(JSON.parse(answer));
    return parsed.success ? parsed.data[0] : assert.fail(answer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await clear(NAMESPACE);
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
    this.#lock[Symbol.dispose]();
  }
}

/** Waits for the output of a command in the web shell. */
export async function typedInShell(person: Person, command: string, expected: RegExp): Promise<void> {
  if (!(await person.find('terminal').isVisible())) {
    await person.page.keyboard.press('Control+Alt+t');
    await person.find('terminal', '[data-state="open"]').waitFor();
  }
  const box = person.find('terminal-box');
  await person.page.waitForFunction(() =>
    document.querySelector('[data-test="terminal-box"]')?.textContent?.includes('~$'),
  );
  await box.click();
  await person.page.keyboard.type(`${command}\n`);
  await person.page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector('[data-test="terminal-box"]')?.textContent ?? ''),
    expected.source,
  );
}

/**
 * Records when the screen is disconnected; the returned function reports the longest interruption so far, in
 * milliseconds.
 */
export async function watchFreezes(person: Person): Promise<() => Promise<number>> {
  await person.page.evaluate(() => {
    const freezes: number[] = [0];
    let since: number | null = null;
    const look = (): void => {
      const connected = document.documentElement.dataset['screen'] === 'connected';
      if (!connected) since ??= performance.now();
      if (connected && since !== null) {
        freezes.push(performance.now() - since);
        since = null;
      }
    };
    new MutationObserver(look).observe(document.documentElement, { attributeFilter: ['data-screen'] });
    Object.assign(window, {
      longestFreeze: () => Math.max(...freezes, since === null ? 0 : performance.now() - since),
    });
  });
  return () => person.page.evaluate('window.longestFreeze()').then(Number);
}

export async function seesBoard(person: Person, which: 'qt' | 'gtk'): Promise<void> {
  await person.seesPixels(`the board of 2048 (${which})`, (pixels) =>
    which === 'qt' ? count(pixels, QT_BOARD) > 20_000 : count(pixels, GTK_BOARD, 4) > 50_000,
  );
}
