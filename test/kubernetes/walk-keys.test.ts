/**
 * The documented commands, word for word, with keys of 1024 bits, and the manager API protected by the installed key.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite } from 'node:test';
import { missingBrowser, Person } from '../e2e/person.ts';
import { MINUTE_MS, noCluster, podsOf, shell } from './install-kit.ts';
import { ADDRESS, seesBoard, steps, Walk } from './walk-kit.ts';

const KEY = randomBytes(24).toString('hex');

suite('the documented walk, word for word', { skip: noCluster || missingBrowser, timeout: 10 * MINUTE_MS }, () => {
  const step = steps();
  let walk: Walk;

  before(async () => {
    walk = await Walk.begin((text) => text.replace(/^#controllers:/m, 'controllers:').replace('MANAGER-KEY', KEY));
    await walk.exportApps([{ app: '2048-gtk', as: '2048-alpine.d:3.0', file: '2048-alpine.d.3.0.json' }]);
  });
  after(() => walk?.[Symbol.asyncDispose]());

  step('short keys do not block the start: every part becomes ready', async () => {
    await walk.run('kubectl create namespace abcdesktop');
    await walk.makeKeys(1024);
    await walk.run('kubectl create configmap abcdesktop-config --from-file=od.config -n abcdesktop');
    await walk.makeVolume();
    await walk.run('kubectl create -f deskpod.yaml');
    await walk.waitForParts();
  });

  step(
    'longer keys are created in a Secret that all replicas share, and the log has the commands to replace the short ones',
    async () => {
      assert.match(await walk.run('kubectl get secret deskpod-keys -n abcdesktop'), /deskpod-keys +Opaque +6 /);
      const log = await walk.run('kubectl logs -l run=pyos-od -n abcdesktop --tail=-1');
      assert.match(log, /1024 bits/);
      for (const name of ['abcdesktopjwtdesktoppayload', 'abcdesktopjwtdesktopsigning', 'abcdesktopjwtusersigning'])
        assert.ok(log.includes(name), name);
    },
  );

  step('gateways get the longer keys, both new and replaced ones', async () => {
    const gateways = (await walk.run('kubectl get pods -l run=nginx-od -n abcdesktop -o name')).trim().split('\n');
    const ready = (pod: string) =>
      shell(`kubectl get --raw /api/v1/namespaces/abcdesktop/pods/${pod.replace('pod/', '')}:8080/proxy/readyz`);
    for (const pod of gateways) {
      assert.equal((await ready(pod)).out, 'OK', pod);
      const log = await walk.run(`kubectl logs ${pod} -n abcdesktop`);
      assert.ok(log.includes('this gateway is ready'), log);
    }
    await walk.run('kubectl delete secret deskpod-keys -n abcdesktop');
    const oldPodsAreGone = await podsOf('run=pyos-od', 'abcdesktop');
    await walk.run('kubectl rollout restart deployment api -n abcdesktop');
    await walk.run('kubectl rollout status deployment api -n abcdesktop --timeout=120s', 3 * MINUTE_MS);
    // One of them would sign a session with the old key.
    await oldPodsAreGone();
    const until = Date.now() + MINUTE_MS;
    for (const pod of gateways) {
      let log = '';
      while (!log.includes('the keys were replaced')) {
        assert.ok(Date.now() < until, `${pod}: ${log}`);
        log = await walk.run(`kubectl logs ${pod} -n abcdesktop`);
      }
    }
  });

  step('without the key the manager API names the required header and the command that prints the key', async () => {
    const refused = JSON.parse(await walk.put('2048-alpine.d.3.0.json'));
    assert.match(refused.message, /X-API-Key/);
    const line = /kubectl get configmap abcdesktop-config [^;.]*apikey/.exec(refused.message)?.[0];
    assert.ok(line, refused.message);
    assert.ok((await walk.run(line)).includes(KEY));
  });

  step('with the key it accepts the app', async () => {
    const document = await walk.add('2048-alpine.d.3.0.json', `X-API-Key: ${KEY}`);
    assert.equal(document.name, '2048-alpine');
  });

  step('users log in through any replica, and play', async () => {
    await using hermes = await Person.at({ address: ADDRESS });
    await hermes.logIn('Hermes Conrad', 'hermes');
    await hermes.seesDesktop();
    await hermes.starts('2048-alpine');
    await seesBoard(hermes, 'gtk');
    await hermes.page.reload();
    await hermes.seesDesktop();
    await hermes.seesWindowOf('2048-alpine');
  });
});
