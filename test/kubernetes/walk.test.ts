/**
 * The documentation of the compatible system, from an empty cluster to a fixed application: its commands word for word,
 * its users in a real browser. Uses keys of 2048 bits, and an od.config that permits some addresses without a key.
 */
import assert from 'node:assert/strict';
import { after, before, suite } from 'node:test';
import { difference, missingBrowser, Person } from '../e2e/person.ts';
import { curl } from '../e2e/tools.ts';
import { MINUTE_MS, noCluster, shell } from './install-kit.ts';
import { ADDRESS, seesBoard, typedInShell, steps, Walk, watchFreezes } from './walk-kit.ts';

const PERMITTED = `controllers: { 'ManagerController': { 'permitip': [ '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8', '169.254.0.0/16', '127.0.0.0/8' ] } }`;
/** Usually half a second; on a slow machine a few. A screen that connects again only when the rollout ends takes longer. */
const FROZEN_MS = 15_000;
const PREPULL = 'anonymous-74bea267-8197-4b1d-acff-019b24e778c5';

suite('the documented walk', { skip: noCluster || missingBrowser, timeout: 16 * MINUTE_MS }, () => {
  const step = steps();
  let walk: Walk;
  let hermes: Person;

  before(async () => {
    walk = await Walk.begin((text) => text.replace(/^#controllers: .*$/m, PERMITTED));
    await walk.exportApps([
      { app: '2048-gtk', as: '2048-alpine.d:3.0', file: '2048-alpine.d.3.0.json' },
      { app: '2048-qt', as: '2048-ubuntu.d:3.0', file: '2048-ubuntu.d.3.0.json' },
      { app: '2048-alpine-with-error', as: '2048-alpine-with-error.d:3.0', file: '2048-alpine-with-error.d.3.0.json' },
    ]);
  });
  after(async () => {
    await hermes?.[Symbol.asyncDispose]();
    await walk?.[Symbol.asyncDispose]();
  });

  step('1: namespace, keys and their Secrets', async () => {
    assert.equal(await walk.run('kubectl create namespace abcdesktop'), 'namespace/abcdesktop created\n');
    await walk.run('kubectl label namespace abcdesktop pod-security.kubernetes.io/enforce=restricted');
    const made = await walk.makeKeys(2048);
    for (const name of ['abcdesktopjwtdesktoppayload', 'abcdesktopjwtdesktopsigning', 'abcdesktopjwtusersigning'])
      assert.match(made, new RegExp(`secret/${name} created`));
    assert.match(await walk.run('kubectl get secrets -n abcdesktop'), /abcdesktopjwtusersigning +Opaque +2 /);
  });

  step("2: the pod that prepulls a user's images becomes ready, 4/4", async () => {
    assert.equal(await walk.run('kubectl create -f poduser.yaml'), `pod/${PREPULL} created\n`);
    assert.equal(
      await walk.run(`kubectl wait --for=condition=Ready pod/${PREPULL} -n abcdesktop --timeout=300s`, 6 * MINUTE_MS),
      `pod/${PREPULL} condition met\n`,
    );
    assert.match(await walk.run(`kubectl get pods -n abcdesktop`), new RegExp(`${PREPULL} +4/4 +Running`));
    assert.match(await walk.run('kubectl delete -f poduser.yaml'), new RegExp(`pod "${PREPULL}" deleted`));
  });

  step('2: configuration, then everything else from one file; each documented role runs', async () => {
    const made = await walk.run('kubectl create configmap abcdesktop-config --from-file=od.config -n abcdesktop');
    assert.equal(made, 'configmap/abcdesktop-config created\n');
    await walk.makeVolume();
    const created = await walk.run('kubectl create -f deskpod.yaml');
    for (const object of ['serviceaccount/pyos-serviceaccount', 'service/desktop', 'deployment.apps/api'])
      assert.ok(created.includes(`${object} created\n`), object);
    await walk.waitForParts();
    for (const role of ['pyos-od', 'nginx-od', 'mongodb-od', 'speedtest-od', 'openldap-od'])
      assert.match(await walk.run(`kubectl get pods -n abcdesktop -l run=${role}`), /1\/1 +Running/, role);
    const services = await walk.run('kubectl get services -n abcdesktop');
    assert.match(services, /^desktop +ClusterIP +None +<none> +<none>/m);
    assert.match(services, /^gateway +NodePort +\S+ +<none> +80:30443\/TCP/m);
    assert.match(services, /^openldap +ClusterIP +\S+ +<none> +389\/TCP,636\/TCP/m);
    assert.match(await walk.run('kubectl get deployment -n abcdesktop'), /^postgres +1\/1 +1 +1 /m);
  });

  step(
    '3: the catalogue files say how they run, and PUT accepts them without a key, as this od.config permits',
    async () => {
      const label = (file: string) => walk.run(`cat ${file} | jq -r '.[0].Config.Labels."oc.containerengine"'`);
      assert.equal(await label('2048-alpine.d.3.0.json'), 'ephemeral_container\n');
      assert.equal(await label('2048-ubuntu.d.3.0.json'), 'pod_application\n');
      for (const name of ['2048-alpine', '2048-ubuntu']) {
        const document = await walk.add(`${name}.d.3.0.json`);
        assert.equal(document.name, name);
        assert.match(document.icondata, /^PHN2Zy/);
      }
      assert.match(await walk.run('kubectl logs -l run=pyos-od -n abcdesktop --tail=-1'), /manager.*need no key/);
    },
  );

  step('4: waiting for the pull pods succeeds with either of the documented selectors', async () => {
    for (const type of ['pod_application', 'pod_application_pull']) {
      const met = await walk.run(
        `kubectl wait --for=condition=Ready pods --selector=type=${type} --timeout=240s -n abcdesktop`,
        5 * MINUTE_MS,
      );
      assert.match(met, /^pod\/pull-2048-alpine-\S+ condition met$/m);
      assert.match(met, /^pod\/pull-2048-ubuntu-\S+ condition met$/m);
    }
    assert.equal((await walk.run('kubectl get pods -n abcdesktop | grep -c Completed || true')).trim(), '0');
  });

  step('5: Hermes Conrad logs in with LDAP; the dock is empty, and 2048 finds both games', async () => {
    hermes = await Person.at({ address: ADDRESS });
    await hermes.logIn('Hermes Conrad', 'wrong');
    await hermes.find('login-error').waitFor();
    await hermes.logIn('Hermes Conrad', 'hermes');
    await hermes.seesDesktop();
    assert.equal(await hermes.find('who').innerText(), 'Hermes Conrad');
    assert.equal(await hermes.find('dock-app').count(), 0);
    await hermes.search('2048');
    const found = hermes.find('search-result', '[data-kind="app"]');
    await found.nth(1).waitFor();
    const names = await found.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-app')));
    assert.deepEqual(new Set(names), new Set(['2048-alpine', '2048-ubuntu']));
    await hermes.page.keyboard.press('Escape');
  });

  step('5: both games run, and the arrow keys play', async () => {
    await hermes.starts('2048-ubuntu');
    await seesBoard(hermes, 'qt');
    await hermes.starts('2048-alpine');
    await seesBoard(hermes, 'gtk');
    await hermes.find('window-title').filter({ hasText: 'GNOME 2048' }).waitFor();
    for (const other of ['2048-ubuntu', '2048-alpine'] as const) {
      const before = await hermes.pixels();
      for (const key of ['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp']) await hermes.page.keyboard.press(key);
      await hermes.seesPixels('a changed board', (pixels) => difference(before, pixels) > 5_000);
      await hermes.turnsTo(other, other === '2048-ubuntu' ? '2048 Game' : 'GNOME 2048');
    }
    await hermes.photograph('kubernetes-games');
  });

  step('6: kubectl shows one game as a pod and the other one in the status of the desktop', async () => {
    const pods = await walk.run('kubectl get pods -n abcdesktop');
    assert.match(pods, /^hermes-app-2048-ubuntu-[0-9a-f]{5} +1\/1 +Running/m);
    const desktop = /^(hermes-[0-9a-f]{5}) +4\/4 +Running/m.exec(pods)?.[1];
    assert.ok(desktop, pods);
    const status = `kubectl get pods ${desktop} -o json -n abcdesktop | jq -r ".status.ephemeralContainerStatuses"`;
    const [running] = JSON.parse(await walk.run(status));
    assert.match(running.name, /^hermes-conrad-2048-alpine-[0-9a-f]{5}$/);
    assert.ok(running.state.running);
    await hermes.page.keyboard.press('Control+q');
    await hermes.find('dock-app', '[data-app="2048-alpine"][data-phase="running"]').waitFor({ state: 'detached' });
    await walk.run(
      `kubectl wait pod/${desktop} -n abcdesktop --timeout=60s --for=jsonpath='{.status.ephemeralContainerStatuses[0].state.terminated.reason}'=Completed`,
      2 * MINUTE_MS,
    );
    const [ended] = JSON.parse(await walk.run(status));
    assert.equal(ended.ready, false);
    assert.equal(ended.state.terminated.exitCode, 0);
    assert.equal(ended.state.terminated.reason, 'Completed');
  });

  step('7: the game that uses shared memory fails as a pod; its log and the hint are kept', async () => {
    const document = await walk.add('2048-alpine-with-error.d.3.0.json');
    assert.equal(document.name, '2048-alpine-with-error');
    const wait =
      'kubectl wait --for=condition=Ready pods --selector=type=pod_application_pull --timeout=240s -n abcdesktop';
    assert.match(await walk.run(wait, 5 * MINUTE_MS), /pod\/pull-2048-alpine-with-error-\S+ condition met/);
    await hermes.search('2048');
    await hermes.find('search-result', '[data-kind="app"]').nth(2).waitFor();
    await hermes.find('search-result', '[data-app="2048-alpine-with-error"]').first().click();
    await hermes.find('notice', '[data-level="error"]').filter({ hasText: 'exit code 1' }).waitFor();
    await hermes
      .find('notice-hint')
      .filter({ hasText: /memory/i })
      .waitFor();
    await hermes.opens('tasks');
    const failed = hermes.find('task', '[data-state="finished"][data-exit="1"]').first();
    await failed.waitFor();
    await failed.click();
    await hermes.find('tab-logs').click();
    await hermes.find('log-line').filter({ hasText: 'MIT-SHM' }).first().waitFor();
    assert.match(await hermes.find('hint').first().innerText(), /memory/i);
    await hermes.photograph('kubernetes-with-error');
    await hermes.find('settings-close').click();
    const pod = (await walk.run('kubectl get pods -n abcdesktop -o name | grep with-error')).split('\n');
    const name = pod.find((one) => one.startsWith('pod/hermes-app-2048-alpine-with-error-')) ?? '';
    assert.match(await walk.run(`kubectl logs ${name} -n abcdesktop`), /MIT-SHM/);
  });

  step('8: in the web shell, netstat shows Xvnc on port 6000', async () => {
    await typedInShell(hermes, 'netstat -anp 2>/dev/null | grep LISTEN', /:6000 .*LISTEN.*Xvnc/);
    await hermes.find('terminal-close').click();
  });

  step('8: a changed od.config applies after the documented commands, and an open desktop survives them', async () => {
    await hermes.starts('2048-ubuntu');
    await walk.change('od.config', (text) => text.replace(`{ 'X11LISTEN': 'tcp' }`, `{ 'COLOUR': 'green' }`));
    await walk.run('kubectl delete configmap abcdesktop-config -n abcdesktop');
    await walk.run('kubectl create configmap abcdesktop-config --from-file=od.config -n abcdesktop');
    const deleted = await walk.run('kubectl delete pod -l run=pyos-od -n abcdesktop', 2 * MINUTE_MS);
    assert.match(deleted, /^pod "api-\S+" deleted/m);
    await walk.waitForParts();
    await hermes.seesDesktop();
    await hermes.seesWindowOf('2048-ubuntu');
    await seesBoard(hermes, 'qt');
  });

  step(
    '8: a desktop created after the change does not listen; the log of a pod says so, and the hint has the fix',
    async () => {
      await using fry = await Person.at({ address: ADDRESS });
      await fry.logIn('fry', 'fry');
      await fry.seesDesktop();
      await typedInShell(fry, 'netstat -anp 2>/dev/null | grep -c :6000; echo $COLOUR', /0\s*green/);
      await fry.find('terminal-close').click();
      await fry.search('2048-ubuntu');
      await fry.find('search-result', '[data-app="2048-ubuntu"]').first().click();
      await fry.opens('tasks');
      const failed = fry.find('task', '[data-state="finished"]').first();
      await failed.waitFor();
      await failed.click();
      await fry.find('tab-logs').click();
      await fry.find('log-line').filter({ hasText: 'could not connect to display' }).first().waitFor();
      assert.match(await fry.find('hint').first().innerText(), /X11LISTEN/);
      const pod = (await walk.run('kubectl get pods -n abcdesktop -o name | grep pod/fry-app-2048-ubuntu')).split(
        '\n',
      )[0];
      assert.match(await walk.run(`kubectl logs ${pod} -n abcdesktop`), /could not connect to display/);
    },
  );

  step('9: the cluster role permits listing nodes and nothing else', async () => {
    const role = await walk.run('kubectl describe ClusterRole pyos-role -n abcdesktop');
    assert.match(role, /nodes +\[\] +\[\] +\[get list watch\]/);
    assert.equal(role.split('\n').filter((line) => /\[\] +\[\]/.test(line)).length, 1);
    const binding = await walk.run('kubectl describe ClusterRoleBinding pyos-rbac -n abcdesktop');
    assert.match(binding, /ServiceAccount +pyos-serviceaccount +abcdesktop/);
  });

  step('9: the log shows requests with user, action and result, and the probes every ten seconds', async () => {
    // Ends when it has shown two probes and the request of a user.
    const seen = `awk '/healthz/ { probes++ } /hermes/ && /\\/api\\/v1\\// && /[^0-9]200([^0-9]|$)/ { user = 1 } { print } probes > 1 && user { exit }'`;
    const follow = `timeout 55 kubectl logs -l run=pyos-od -n abcdesktop --follow -n abcdesktop | ${seen}`;
    const [{ out }] = await Promise.all([
      shell(follow),
      curl(`${ADDRESS}/API/healthz`),
      hermes.page.reload().then(() => hermes.seesDesktop()),
    ]);
    const lines = out.split('\n');
    assert.ok(lines.filter((line) => line.includes('/healthz')).length >= 2, out);
    assert.ok(
      lines.some((line) => /hermes/.test(line) && /\/api\/v1\//.test(line) && /\b200\b/.test(line)),
      out,
    );
  });

  step('9: restarting everything interrupts an open screen for a moment only', async () => {
    await hermes.seesDesktop();
    const longest = await watchFreezes(hermes);
    const restarted = await walk.run('kubectl rollout restart deployment -n abcdesktop');
    assert.match(restarted, /^deployment.apps\/gateway restarted$/m);
    await walk.waitForParts();
    await hermes.seesDesktop();
    await seesBoard(hermes, 'qt');
    const frozen = await longest();
    assert.ok(frozen < FROZEN_MS, `the screen was interrupted for ${Math.round(frozen)} ms`);
    assert.match(await walk.run('kubectl get pods -n abcdesktop'), /^api-\S+ +1\/1 +Running/m);
  });
});
