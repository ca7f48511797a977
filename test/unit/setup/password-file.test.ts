/** The first administrator's password of a server with JSON logs. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createEvents } from '#events';
import { writePasswordFile } from '#setup/password-file.ts';

test('the password is in a file that only its owner reads, and the log names the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-password-'));
  try {
    const file = await writePasswordFile(folder, 'a-secret-password');
    assert.equal(await readFile(file, 'utf8'), 'a-secret-password\n');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    let log = '';
    const write = (line: string): void => void (log += line);
    createEvents({ level: 'info', format: 'json', write }).administratorAdded('admin', file);
    assert.ok(log.includes(file), log);
    assert.doesNotMatch(log, /a-secret-password/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
