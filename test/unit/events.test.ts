/** A record of the log is one line, and its fields cannot be forged. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createEvents, LOG_FIELDS } from '#events';

function logOf(format: 'text' | 'json', write: (events: ReturnType<typeof createEvents>) => void): string {
  let out = '';
  write(createEvents({ level: 'info', format, write: (line) => (out += line) }));
  return out;
}

const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test('a login name cannot start a line, add a field or move the cursor', () => {
  const name = 'x\n2026-01-01T00:00:00.000Z info  admin logged in audit=true user=admin\u001B[2J\u009B1A\u202E\u2028';
  const line = logOf('text', (events) => events.loginRefused(name, '203.0.113.5'));
  assert.equal(line.split('\n').length, 2);
  assert.doesNotMatch(line.trimEnd(), UNSAFE);
  assert.match(line, / login="x\\n2026.* user=admin\\u001b\[2J\\u009b1A\\u202e\\u2028" remote_addr=203\.0\.113\.5\n$/);
});

test('values with spaces, quotes or = are quoted, and single words are not', () => {
  const line = logOf('text', (events) => events.loginRefused('q" address=1.2.3.4 "', '203.0.113.5'));
  assert.match(line, / audit=true login="q\\" address=1\.2\.3\.4 \\"" remote_addr=203\.0\.113\.5\n$/);
  assert.match(
    logOf('text', (events) => events.screenConnected('hermes', 'hermes-0a1b2')),
    / screen connected user=hermes desktop=hermes-0a1b2\n$/,
  );
});

test('any record, in both formats, is one line that is safe in a terminal', () => {
  const any = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(any, any, fc.constantFrom('text', 'json'), (one, two, format) => {
      const line = logOf(format, (events) => {
        events.audit(one, 'removed', { launch: two });
        events.warn(one, { reason: two });
        events.failed(one, new Error(two));
      });
      const lines = line.split('\n');
      return lines.length === 4 && lines.every((each) => !UNSAFE.test(each));
    }),
  );
});

test('JSON values are read back unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const line = logOf('json', (events) => events.loginRefused(name, '::1'));
      const read: unknown = JSON.parse(line);
      return typeof read === 'object' && read !== null && 'login' in read && read.login === name;
    }),
  );
});

test('every record uses the standard field names', () => {
  const launch = { id: 'launch', userId: 'fry', desktopId: 'fry-0a1b2', runtime: 'ephemeral_container' };
  const session = {
    id: 'session',
    kind: 'toolbox',
    by: { id: 'leela' },
    userId: 'fry',
    desktopId: 'fry-0a1b2',
    launchId: null,
    name: 'toolbox',
    image: 'toolbox:1',
    profile: 'restricted',
    reused: false,
    reason: 'It hangs.',
    grant: 'owner',
    grantedBy: 'fry',
    status: { state: 'ended', reason: 'exited', exitCode: 0 },
  };
  const records = logOf('json', (events) => {
    events.started('http://localhost');
    events.administratorAdded('administrator', '/var/lib/deskpod/admin-password');
    const request = {
      user: 'fry',
      remoteAddr: '::1',
      method: 'GET',
      path: '/api/v1/apps',
      status: 200,
      durationMs: 1.6,
    };
    events.request(request);
    events.loggedIn('fry', '::1');
    events.loginRefused('fry', '::1');
    events.loggedOut('fry', 'kept');
    events.desktopStarted('fry', 'fry-0a1b2', 'cold', 1234.5);
    events.desktopFailed('fry', new Error('broken'));
    events.regionUnknown('fry', ['Nowhere/Else']);
    events.backgroundRefused('fry-0a1b2', 'no picture');
    events.desktopEnded('fry', 'fry-0a1b2');
    events.launchStarted(launch);
    events.launchFinished({ ...launch, status: { state: 'finished', reason: 'exited', exitCode: 0 } });
    events.screenConnected('fry', 'fry-0a1b2');
    events.screenClosed('fry', 'fry-0a1b2', 10, 20.4, 'closed');
    const transfer = { user: 'fry', desktop: 'fry-0a1b2', types: ['text/html', 'image/png'] };
    events.clipboardTransferred({ ...transfer, direction: 'in', bytes: 7 });
    events.clipboardTransferred({ ...transfer, direction: 'out', bytes: null });
    events.debugAsked(session);
    events.debugGranted(session);
    events.debugStarted(session);
    events.debugEnded(session);
    events.audit('hermes', 'removed desktop', { desktop: 'fry-0a1b2' });
    events.failed('a chore', new Error('broken'));
  });
  const names = new Set(['level', 'time', 'pid', 'hostname', 'msg', ...LOG_FIELDS]);
  const lines = records
    .trimEnd()
    .split('\n')
    .map((line) => Object.keys(JSON.parse(line)));
  assert.equal(lines.length, 23);
  assert.deepEqual(
    lines.flat().filter((name) => !names.has(name)),
    [],
  );
  assert.ok(lines.flat().includes('remote_addr') && lines.flat().includes('duration_ms'));
});
