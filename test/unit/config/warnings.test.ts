/** What the log and the administrator's page say about an installation that is open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadConfig } from '#config/load.ts';

const OD_CONFIG = resolve(import.meta.dirname, '../../../deploy/kubernetes/od.config');

/** The keys of the warnings. */
async function warned(env: Record<string, string>, config?: string): Promise<string[]> {
  const { notes } = await loadConfig({ env, options: config === undefined ? {} : { config }, defaultFile: null });
  return notes.filter(({ level }) => level === 'warning').map(({ key }) => key);
}

const CLUSTER = { DESKPOD_ENGINE: 'kubernetes', DESKPOD_HOST: '0.0.0.0', DESKPOD_TLS: 'off' };

test('the default installation on Kubernetes warns about plain HTTP, any host name, demo users and guests', async () => {
  const keys = await warned(CLUSTER, OD_CONFIG);
  for (const key of ['listen.tls', 'listen.allowedHosts', 'auth.ldap', 'auth.anonymous'])
    assert.ok(keys.includes(key), key);
});

test('an installation for production has no such warnings', async () => {
  const production = {
    DESKPOD_PROXY_TLS: 'true',
    DESKPOD_ALLOWED_HOSTS: 'desk.example.org',
    DESKPOD_ANONYMOUS: 'false',
  };
  assert.deepEqual(await warned({ ...CLUSTER, ...production }), []);
});

test('one machine on the network warns about guests, demo users, plain HTTP and any host name, if they are on', async () => {
  const network = { DESKPOD_HOST: '0.0.0.0' };
  assert.deepEqual(await warned(network), []);
  const open = { DESKPOD_ANONYMOUS: 'true', DESKPOD_DEMO: 'true', DESKPOD_TLS: 'off', DESKPOD_ALLOWED_HOSTS: '*' };
  assert.deepEqual(
    new Set(await warned({ ...network, ...open })),
    new Set(['listen.tls', 'listen.allowedHosts', 'auth.demoDirectory', 'auth.anonymous']),
  );
});

test('on loopback only a wildcard for host names causes a warning', async () => {
  assert.deepEqual(await warned({}), []);
  assert.deepEqual(await warned({ DESKPOD_ALLOWED_HOSTS: '*' }), ['listen.allowedHosts']);
});

test('on Kubernetes a key of the manager API in od.config causes a warning, one in a variable does not', async (t) => {
  const text = await readFile(OD_CONFIG, 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-warnings-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'od.config');
  await writeFile(file, text.replace('#controllers:', 'controllers:').replace('MANAGER-KEY', 'a-key-of-twenty-chars'));
  assert.ok((await warned(CLUSTER, file)).includes('manager.apiKeys'));
  assert.ok(
    !(await warned({ ...CLUSTER, DESKPOD_MANAGER_API_KEYS: 'a-key-of-twenty-chars' }, OD_CONFIG)).includes(
      'manager.apiKeys',
    ),
  );
});

test('on Kubernetes connections of an execute class cause a warning: the chart has them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-warnings-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'executeClasses: { files: { egress: { allow: [10.1.2.3:445] } } }');
  assert.ok((await warned(CLUSTER, file)).includes('executeClasses'));
  assert.ok(!(await warned({}, file)).includes('executeClasses'));
});
