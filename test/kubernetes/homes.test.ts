/** The storage of homes in a cluster: what install.sh and the chart select or require, and what happens to files. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite } from 'node:test';
import { Desktop } from '#protocol/desktop.ts';
import { missingBrowser, Person } from '../e2e/person.ts';
import { ROOT } from '../e2e/tools.ts';
import { clear, defaultClass, done, kubectl, MINUTE_MS, noCluster, noHelm, Place, shell } from './install-kit.ts';
import { steps, typedInShell } from './walk-kit.ts';

const CLASS = 'deskpod-test-homes';
const WAYS = ['--homes-path', '--homes persistentVolumeClaim --storage-class', '--homes none'];
const CHART = join(ROOT, 'deploy/kubernetes/chart');

suite('homes in a cluster', { skip: noCluster || missingBrowser, timeout: 16 * MINUTE_MS }, () => {
  const step = steps();
  const place = new Place('homes', 30_557);
  const { namespace } = place;
  const owned = new AsyncDisposableStack();
  let folder = '';

  before(async () => {
    owned.use(await defaultClass());
    // What a run left that was ended.
    await clear(namespace);
    await removeClass();
    folder = await mkdtemp(join(tmpdir(), 'deskpod-homes-'));
    await chmod(folder, 0o755);
  });
  after(async () => {
    await place[Symbol.asyncDispose]();
    await removeClass();
    await rm(folder, { recursive: true, force: true });
    await owned.disposeAsync();
  });

  const removeClass = () => shell(`kubectl delete storageclass,pv ${CLASS} --ignore-not-found --timeout=60s`);
  const enters = async (): Promise<Person> => {
    const hermes = await Person.at({ address: place.address });
    await hermes.logIn('Hermes Conrad', 'hermes');
    await hermes.seesDesktop();
    return hermes;
  };
  const desktopOf = async ({ page }: Person): Promise<Desktop> =>
    Desktop.parse(
      await page.evaluate(async () => (await fetch('/api/v1/desktop', { signal: AbortSignal.timeout(60_000) })).json()),
    );
  const asksToLogOut = async (person: Person): Promise<void> => {
    await person.page.keyboard.press('Control+Alt+m');
    await person.find('menu-logout').click();
  };
  /** The node may still be busy with the parts that other tests have killed. */
  const logsOut = async (person: Person): Promise<string> => {
    await person.find('logout-confirm').click();
    return await person
      .find('farewell')
      .innerText({ timeout: 3 * MINUTE_MS })
      .catch(async (cause: unknown) => {
        throw new Error(`The page says: ${await person.page.innerText('body')}`, { cause });
      });
  };
  const notThere = async (): Promise<void> =>
    assert.equal(await kubectl(`get namespace ${namespace} --ignore-not-found`), '', 'nothing was created');

  step('without a default class the script lists three alternatives and creates nothing', async () => {
    const { code, err } = await place.installWith('');
    assert.equal(code, 1);
    assert.match(err, /no default storage class, and homes need storage/);
    for (const way of WAYS) assert.ok(err.includes(way), way);
    await notThere();
  });

  step('claims without a class, by option or configuration, are refused, and nothing is created', async () => {
    const config = join(folder, 'od.config');
    const text = await readFile(join(ROOT, 'deploy/kubernetes/od.config'), 'utf8');
    await writeFile(
      config,
      text.replace(/^desktop.homedirectorytype: .*$/m, "desktop.homedirectorytype: 'persistentVolumeClaim'"),
    );
    for (const wish of ['--homes persistentVolumeClaim', `--config ${config}`]) {
      const { code, err } = await place.installWith(wish);
      assert.equal(code, 1, wish);
      assert.match(err, /Homes are claims.*no claim would get a volume/);
      for (const way of WAYS) assert.ok(err.includes(way), way);
    }
    await notThere();
  });

  step('invalid and conflicting options for homes are refused', async () => {
    const refusals = [
      ['--homes-path relative', 2, /must start with/],
      ['--homes none --homes-path /srv/x', 2, /requires --homes hostPath/],
      ['--homes nfs', 2, /must be none, hostPath or persistentVolumeClaim/],
      ['--homes-path /srv/x --level restricted', 1, /need --level privileged/],
      ['--homes-path "/srv/x\' y"', 1, /can contain only/],
      ['--homes-path /srv/x --node nowhere', 1, /There is no node nowhere/],
    ] as const;
    for (const [wish, status, words] of refusals) {
      const { code, err } = await place.installWith(wish);
      assert.equal(code, status, wish + err);
      assert.match(err, words);
    }
    await notThere();
  });

  step('the chart requires the same choice, and refuses claims without a class', async () => {
    if (noHelm) return;
    const chart = (values: string) =>
      shell(`helm install homes ${CHART} -n ${namespace} --dry-run=server --set gateway.nodePort=null${values}`);
    const open = await chart('');
    assert.equal(open.code, 1);
    assert.match(open.err, /no default storage class, and homes need storage[^]*homes\.kind=none/);
    const claims = await chart(',homes.kind=persistentVolumeClaim');
    assert.match(claims.err, /no claim would get a volume[^]*homes\.storageClass/);
    assert.match((await chart(',homes.storageClass=nothing')).err, /no storage class nothing/);
    assert.equal((await chart(',homes.kind=none')).code, 0);
  });

  step('homes none: users are warned and save their files, which are then deleted', async () => {
    const { code, out, err } = await place.installWith('--homes none');
    assert.equal(code, 0, out + err);
    assert.match(out, /Homes: none\. Files are deleted when a desktop ends/);
    await using hermes = await enters();
    assert.equal((await desktopOf(hermes)).home, 'lost');
    await hermes.find('home-mark').click();
    await hermes.find('home-empty').waitFor();
    await hermes.find('home-close').click();
    await typedInShell(hermes, `echo precious > ~/typed; head -c 5000000 /dev/urandom > ~/large; echo do"ne"`, /done/);
    await asksToLogOut(hermes);
    await hermes.find('home-file').filter({ hasText: 'typed' }).waitFor();
    assert.match(await hermes.find('home-total').innerText(), /^2 files, 5 MB$/);
    const downloading = hermes.page.waitForEvent('download');
    await hermes.find('home-download').click();
    const archive = join(folder, 'home.tar.gz');
    await (await downloading).saveAs(archive);
    assert.equal(String(execFileSync('tar', ['xzOf', archive, 'hermes/typed'])), 'precious\n');
    assert.equal(execFileSync('tar', ['xzOf', archive, 'hermes/large'], { maxBuffer: 1 << 24 }).length, 5_000_000);
    assert.match(await logsOut(hermes), /the files in its home folder were removed/);
    await using again = await enters();
    await typedInShell(again, 'echo left:$(find ~ -type f | wc -l)', /left:0/);
  });

  step(
    'with a default class claims are used; a desktop created before still says that its files are deleted with it',
    async () => {
      await makeClass(folder);
      if (!noHelm) {
        const rendered = await done(
          `helm install homes ${CHART} -n ${namespace}-b --dry-run=server --set gateway.nodePort=null`,
        );
        assert.match(rendered, /name: DESKPOD_HOMES, value: persistentVolumeClaim/);
        assert.match(rendered, /name: pyos-role-homes/);
      }
      const dry = await shell(
        `${join(ROOT, 'deploy/install.sh')} --namespace ${namespace}-b --node-port 30560 --registry x --homes none --dry-run </dev/null`,
      );
      assert.match(dry.out, /Homes: none/, 'an explicit option takes precedence');
      const other = await shell(
        `${join(ROOT, 'deploy/install.sh')} --namespace ${namespace}-b --node-port 30560 --registry x --dry-run </dev/null`,
      );
      assert.match(other.out, /Homes: a claim for each user/);
      const kept = await place.installWith('');
      assert.match(kept.out, /Homes: none/, 'the existing setting is kept');
      const { code, out, err } = await place.installWith('--homes persistentVolumeClaim');
      assert.equal(code, 0, out + err);
      await kubectl(`rollout status deployment/api -n ${namespace} --timeout=180s`, 4 * MINUTE_MS);
      await using hermes = await enters();
      assert.equal((await desktopOf(hermes)).home, 'lost', 'it is the desktop of the previous step');
      await asksToLogOut(hermes);
      assert.equal(await hermes.find('home-kept').count(), 0);
      assert.match(await logsOut(hermes), /the files in its home folder were removed/);
    },
  );

  step('a file on a claim survives logout and rebuild, as announced', async () => {
    await using hermes = await enters();
    assert.equal((await desktopOf(hermes)).home, 'kept');
    assert.equal(await hermes.find('home-mark').count(), 0);
    await typedInShell(hermes, `echo precious > ~/typed; echo do"ne"`, /done/);
    await asksToLogOut(hermes);
    await hermes.find('home-kept').waitFor();
    assert.match(await logsOut(hermes), /files in your home folder were kept/);
    await using again = await enters();
    await typedInShell(again, 'cat ~/typed', /precious/);
    const { id } = await desktopOf(again);
    await again.page.evaluate(async () => {
      const signal = AbortSignal.timeout(60_000);
      await fetch('/api/v1/desktop', { method: 'DELETE', headers: { 'x-deskpod': '1' }, signal });
    });
    await again.find('start-again').click();
    await again.seesDesktop();
    assert.notEqual((await desktopOf(again)).id, id);
    await typedInShell(again, 'cat ~/typed', /precious/);
    await asksToLogOut(again);
    await logsOut(again);
  });

  step('files in folders of a node survive, too', async () => {
    const homes = join(folder, 'on-the-node');
    const { code, out, err } = await place.installWith(`--homes hostPath --homes-path ${homes}`);
    assert.equal(code, 0, out + err);
    await kubectl(`rollout status deployment/api -n ${namespace} --timeout=180s`, 4 * MINUTE_MS);
    await using hermes = await enters();
    assert.equal((await desktopOf(hermes)).home, 'kept');
    await typedInShell(hermes, `echo precious > ~/typed; echo do"ne"`, /done/);
    await asksToLogOut(hermes);
    assert.match(await logsOut(hermes), /were kept/);
    assert.equal(await readFile(join(homes, 'hermes/typed'), 'utf8'), 'precious\n');
  });
});

/** A default class without a provisioner, and a volume for one home: the node of the test cluster is this machine. */
async function makeClass(folder: string): Promise<void> {
  const home = join(folder, 'claimed');
  await mkdir(home);
  const node =
    (await kubectl('get nodes -o name'))
      .trim()
      .replace(/^node\//, '')
      .split('\n')[0] ?? '';
  const objects = [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: CLASS },
      spec: {
        capacity: { storage: '8Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        storageClassName: CLASS,
        local: { path: home },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
            ],
          },
        },
      },
    },
  ];
  const file = join(folder, 'class.json');
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  await kubectl(`create -f ${file}`);
}
