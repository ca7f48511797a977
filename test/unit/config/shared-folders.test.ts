/** `files.shared`: which folders can be shared, and what is said about the others. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { loadConfig } from '#config/load.ts';
import { ConfigError } from '#config/problems.ts';
import { faultOf } from '#config/shared-folders.ts';

suite('files.shared', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'deskpod-shared-'));
    mkdirSync(join(folder, 'projects'));
    mkdirSync(join(folder, 'data/homes'), { recursive: true });
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('/etc', join(folder, 'link'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const load = (shared: object[], engine = 'containers') => {
    const file = join(folder, 'config.yaml');
    const settings = { engine: { kind: engine }, dataDir: join(folder, 'data'), files: { shared } };
    writeFileSync(file, JSON.stringify(settings));
    return loadConfig({ options: { config: file }, env: {}, defaultFile: null });
  };
  const complaint = async (...shared: object[]): Promise<string> => {
    const error = await load(shared).then(
      () => assert.fail('it was accepted'),
      (thrown: unknown) => thrown,
    );
    return error instanceof ConfigError ? error.message : assert.fail(String(error));
  };
  const given = (more: object = {}) => ({
    name: 'Projects',
    path: join(folder, 'projects'),
    groups: ['crew'],
    ...more,
  });

  test('a folder for a group is accepted, on Kubernetes a claim', async () => {
    const { config } = await load([given()]);
    assert.deepEqual(config.files.shared, [
      { name: 'Projects', path: join(folder, 'projects'), claim: null, groups: ['crew'], readOnly: false, gid: null },
    ]);
    const cluster = await load(
      [{ name: 'Projects', claim: 'projects', groups: ['all'], readOnly: true }],
      'kubernetes',
    );
    assert.deepEqual(cluster.config.engine.kind === 'kubernetes' && cluster.config.engine.shared, [
      { name: 'Projects', claim: 'projects', readOnly: true, gid: null },
    ]);
  });

  for (const [what, shared, words] of [
    ['relative path', { path: 'projects' }, /not an absolute path/],
    ['missing folder', { path: '/srv/not-there' }, /doesn’t exist/],
    ['file', { path: 'FOLDER/file' }, /is not a folder/],
    ['system folder', { path: '/etc' }, /belongs to the system/],
    ['folder below a system folder', { path: '/usr/share' }, /belongs to the system/],
    ['whole file system', { path: '/' }, /belongs to the system/],
    ['path with dots that leads to a system folder', { path: '/srv/../etc' }, /belongs to the system/],
    ['link to a system folder', { path: 'FOLDER/link' }, /belongs to the system/],
    ['folder of the installation', { path: 'FOLDER/data/homes' }, /files of Deskpod itself/],
    ['folder that contains that of the installation', { path: 'FOLDER' }, /files of Deskpod itself/],
    ['folder without a path', { path: undefined }, /the path is missing/],
    ['name that leads elsewhere', { name: '../x' }, /is not a name/],
    ['folder for nobody', { groups: [] }, /names no group/],
    ['group of the system', { gid: 0 }, /group of the system/],
  ] as const)
    test(`a ${what} is refused`, async () => {
      const path = 'path' in shared ? shared.path?.replace('FOLDER', folder) : undefined;
      assert.match(await complaint(given({ ...shared, ...('path' in shared ? { path } : {}) })), words);
    });

  test('two folders of one name are refused', async () => {
    assert.match(await complaint(given(), given({ name: 'projects' })), /is there twice/);
  });

  test('a folder that became a link to the system’s is not mounted', () => {
    assert.equal(faultOf(join(folder, 'projects'), []), null);
    assert.match(faultOf(join(folder, 'link'), []) ?? '', /belongs to the system/);
  });
});
