import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readZoneFile } from '#engines/kubernetes/specs/zone-file.ts';

test('the file of a time zone is read by its exact name only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zones-'));
  try {
    await mkdir(join(folder, 'Europe'));
    await writeFile(join(folder, 'Europe/Vienna'), 'TZif2…');
    await writeFile(join(folder, 'Europe/Berlin'), 'something else');
    const read = async (TZ?: string) => (await readZoneFile(TZ === undefined ? {} : { TZ }, folder))?.name;
    assert.equal(await read('Europe/Vienna'), 'Europe/Vienna');
    for (const zone of [undefined, '', 'Europe/Berlin', 'Europe/Paris', '../Europe/Vienna', ':Europe/Vienna'])
      assert.equal(await read(zone), undefined, zone);
  } finally {
    await rm(folder, { recursive: true });
  }
});
