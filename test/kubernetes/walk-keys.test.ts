/** The documented commands to the letter, with keys of 1024 bits, and the manager API behind the key that is installed. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, suite } from 'node:test';
import { missingBrowser, Person } from '../e2e/person.ts';
import { MINUTE_MS, noCluster } from './install-kit.ts';
import { ADDRESS, seesBoard, steps, Walk } from './walk-kit.ts';

const KEY = randomBytes(24).toString('hex');

suite('the documented walk, to the letter', { skip: noCluster || missingBrowser, timeout: 30 * MINUTE_MS }, () => {
  const step = steps();
  let walk: Walk;

  before(async () => {
    walk = await Walk.begin((text) => text.replace(/^#controllers:/m, 'controllers:').replace('MANAGER-KEY', KEY));
    await walk.exportApps([{ app: '2048-gtk', as: '2048-alpine.d:3.0', file: '2048-alpine.d.3.0.json' }]);
  });
  after(() => walk?.[Symbol.asyncDispose]());

  step('short keys stop nothing: every part becomes ready', async () => {
    await walk.run('kubectl create namespace abcdesktop');
    await walk.makeKeys(1024);
    await walk.run('kubectl create configmap abcdesktop-config --from-file=od.config -n abcdesktop');
    await walk.makeVolume();
    await walk.run('kubectl create -f deskpod.yaml');
    await walk.waitForParts();
  });

  step(
    'longer keys are made in a Secret that all replicas share, and the log has the commands to replace the short ones',
    async () => {
      assert.match(await walk.run('kubectl get secret deskpod-keys -n abcdesktop'), /deskpod-keys +Opaque +6 /);
      const log = await walk.run('kubectl logs -l run=pyos-od -n abcdesktop --tail=-1');
      assert.match(log, /1024 bits/);
      for (const name of ['abcdesktopjwtdesktoppayload', 'abcdesktopjwtdesktopsigning', 'abcdesktopjwtusersigning'])
        assert.ok(log.includes(name), name);
    },
  );

  step('without the key the manager API says which header it wants and which line reads the key', async () => {
    const refused = JSON.parse(await walk.put('2048-alpine.d.3.0.json'));
    assert.match(refused.message, /X-API-Key/);
    const line = /kubectl get configmap abcdesktop-config [^;.]*apikey/.exec(refused.message)?.[0];
    assert.ok(line, refused.message);
    assert.ok((await walk.run(line)).includes(KEY));
  });

  step('with the key it takes the app', async () => {
    const document = await walk.add('2048-alpine.d.3.0.json', `X-API-Key: ${KEY}`);
    assert.equal(document.name, '2048-alpine');
  });

  step('people log in, through whichever replica, and play', async () => {
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
