/** `deploy/install.sh` and `deploy/uninstall.sh` on a real cluster: a complete installation, used and removed. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { after, suite, test } from 'node:test';
import { curl } from '../e2e/tools.ts';
import { done, kubectl, MINUTE_MS, noCluster, Place, ROLES, shell } from './install-kit.ts';

/** The HTTP status of a login with a local password. */
async function logIn(address: string, name: string, password: string): Promise<number> {
  const body = JSON.stringify({ provider: 'directory', name, password });
  const headers = ['-H', 'X-Deskpod: 1', '-H', 'Content-Type: application/json'];
  return (await curl('-X', 'POST', ...headers, '-d', body, `${address}/api/v1/session`)).status;
}

suite('installing with the script', { skip: noCluster, timeout: 10 * MINUTE_MS }, () => {
  const place = new Place('script', 30_553);
  const state = (what: string) => kubectl(`get ${what} -n ${place.namespace}`);
  let keys = '';
  after(() => place[Symbol.asyncDispose]());

  test('the script prints the address, and every documented role runs', async () => {
    const { code, out, err } = await place.install();
    assert.equal(code, 0, `${out}${err}`);
    assert.match(out, new RegExp(`Deskpod is at http://\\S+:${place.nodePort}`));
    for (const role of ROLES) assert.match(await state(`pods -l run=${role}`), /1\/1\s+Running/, role);
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
    assert.match((await curl(place.address)).body, /<html/i);
  });

  test('the key of the manager API is in a Secret and not in a config map, and the API is closed without it', async () => {
    const images = `${place.address}/API/manager/images`;
    const refused = await curl(images);
    assert.equal(refused.status, 403);
    assert.match(refused.body, /X-API-Key/);
    const config = await state(`configmap abcdesktop-config -o jsonpath='{.data.od\\.config}'`);
    assert.doesNotMatch(config, /^controllers/m);
    const secret = await state(`secret deskpod-manager-key -o jsonpath='{.data.key}'`);
    const key = Buffer.from(secret, 'base64').toString();
    assert.ok(!config.includes(key), 'od.config contains the key');
    assert.equal((await curl('-H', `X-API-Key: ${key}`, images)).status, 200);
  });

  test('the administrator logs in with the password of the printed Secret, also after a restart, and no log contains it', async () => {
    const { out } = await place.install();
    const command = /kubectl get secret deskpod-admin .*$/m.exec(out)?.[0] ?? assert.fail(out);
    const password = await done(command);
    assert.match(password, /^(?:[a-z]{6}-){3}[a-z]{6}$/);
    assert.equal(await logIn(place.address, 'admin', password), 200);
    const log = await kubectl(`logs -l run=pyos-od -n ${place.namespace} --tail=-1`);
    assert.ok(!log.includes(password), 'the log contains the password');
    assert.doesNotMatch(log, /Deskpod is at/, 'the log does not print the address of a pod, which nobody can open');
    assert.match(log, /behind the service gateway: +kubectl get service gateway -n /);
    await kubectl(`delete secret deskpod-admin -n ${place.namespace}`);
    await kubectl(`rollout restart deployment api -n ${place.namespace}`);
    await kubectl(`rollout status deployment api -n ${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    assert.equal(
      await kubectl(`get secret deskpod-admin -n ${place.namespace} --ignore-not-found`),
      '',
      'the Secret is not created again',
    );
    assert.equal(await logIn(place.address, 'admin', password), 200);
  });

  test('the documented command resets a forgotten administrator password', async () => {
    const line = `kubectl exec -i deploy/api -n ${place.namespace} -- deskpod users passwd admin`;
    const { code, err } = await shell(`printf '%s\\n' 'a new password' | ${line}`);
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /Defaulted container/);
    assert.equal(await logIn(place.address, 'admin', 'a new password'), 200);
  });

  test('no warning repeats endlessly, and the log has no lines about readiness', async () => {
    await kubectl(`delete events --all -n ${place.namespace}`);
    await kubectl(`delete pod -l run=speedtest-od -n ${place.namespace}`);
    await kubectl(`rollout status deployment speedtest -n ${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    assert.doesNotMatch(await state('events'), /FailedToRetrieveImagePullSecret/);
    const { out, err } = await shell(`kubectl logs -l run=pyos-od -n ${place.namespace} --tail=-1`);
    assert.doesNotMatch(err, /Defaulted/);
    assert.doesNotMatch(out, /\/readyz 200/);
  });

  test('the documented command replaces the empty registry credentials', async () => {
    const file = `${place.folder}.json`;
    await writeFile(file, '{"auths":{"registry.example.org":{"auth":"YTpi"}}}');
    const made = `kubectl create secret generic abcdesktopregistrysecret --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=${file} -n ${place.namespace} --dry-run=client -o yaml | kubectl replace --force -f -`;
    await done(made);
    await done(made);
    await rm(file);
    const login = await done(
      `kubectl get secret abcdesktopregistrysecret -n ${place.namespace} -o jsonpath='{.data.\\.dockerconfigjson}' | base64 -d`,
    );
    assert.match(login, /registry\.example\.org/);
  });

  test('the speed test downloads, uploads and responds, with less than 30 MB of memory', async () => {
    const raw = (path: string) =>
      `kubectl get --raw '/api/v1/namespaces/${place.namespace}/services/speedtest:80/proxy/speedtest/${path}'`;
    assert.equal(await done(raw('ping')), '');
    // The API server's proxy adds its own path in front.
    assert.match(await done(raw('')), /<base href="[^"]*\/speedtest\/">/);
    assert.equal((await done(`${raw('garbage?bytes=3000001')} | wc -c`)).trim(), '3000001');
    const inside = `exec deploy/speedtest -n ${place.namespace} -- sh -c`;
    const pss = `cat /proc/[0-9]*/smaps_rollup | awk '"'"'/^Pss:/ { sum += $2 } END { print sum }'"'"'`;
    const most = `for i in 1 2 3 4 5 6 7 8; do ${pss}; sleep 0.3; done 2>/dev/null | sort -n | tail -n 1`;
    const [kilobytes] = await Promise.all([
      kubectl(`${inside} '${most}'`),
      ...Array.from({ length: 4 }, () => done(`${raw('garbage?bytes=30000000')} >/dev/null`)),
    ]);
    assert.ok(Number(kilobytes) > 500 && Number(kilobytes) < 30_000, `${kilobytes} kB`);
  });

  test('a second run changes nothing and keeps keys and passwords', async () => {
    keys = await state('secrets -o jsonpath="{.items[*].data}"');
    const before = await state(`deployments -o jsonpath='{.items[*].metadata.generation}'`);
    const { code, out, err } = await place.install();
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await state('secrets -o jsonpath="{.items[*].data}"'), keys);
    assert.equal(await state(`deployments -o jsonpath='{.items[*].metadata.generation}'`), before);
  });

  test('another form of installation in the same namespace is refused', async () => {
    const { code, err } = await place.install('--small');
    assert.equal(code, 1);
    assert.match(err, /other form/);
  });

  test('after an uninstallation that keeps the data, a new installation uses them', async () => {
    const { code, out, err } = await place.uninstall('--yes --keep-data');
    assert.equal(code, 0, `${out}${err}`);
    assert.equal(await state('deployments,services -o name'), '');
    const again = await place.install();
    assert.equal(again.code, 0, `${again.out}${again.err}`);
    assert.equal(await state('secrets -o jsonpath="{.items[*].data}"'), keys);
    assert.equal((await curl(`${place.address}/healthz`)).body, 'OK');
  });

  test('a complete uninstallation leaves nothing, neither in the namespace nor in the cluster', async () => {
    const { code, out, err } = await place.uninstall();
    assert.equal(code, 0, `${out}${err}`);
    await kubectl(`wait --for=delete namespace/${place.namespace} --timeout=120s`, 3 * MINUTE_MS);
    const left = await kubectl('get clusterrole,clusterrolebinding,pv -o name');
    assert.doesNotMatch(left, new RegExp(place.namespace));
  });
});
