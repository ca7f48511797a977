import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { decodeJwt, SignJWT } from 'jose';
import { type Keys, loadKeys } from '#auth/keys.ts';
import { createTickets } from '#auth/tickets.ts';
import { createUserTokens, sessionCookie } from '#auth/user-tokens.ts';
import type { Identity, TicketClaims } from '#domain/ports/auth.ts';
import { DeskpodError } from '#domain/errors.ts';

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

let keys: Keys;
before(async () => {
  await using folder = await aFolder();
  ({ keys } = await loadKeys(folder.path));
});

const hermes: Identity = {
  user: { id: 'hermes', name: 'Hermes Conrad', provider: 'planet', labels: ['user', 'adminstaff'], roles: ['user'] },
  account: { userId: 'hermes', displayName: 'Hermes Conrad', provider: 'planet', uid: 2043, gid: 12043 },
};

const claims: TicketClaims = {
  desktopId: 'hermes-db906',
  userId: 'hermes',
  sessionId: 's1',
  vncPassword: 'sesame12',
  screen: null,
  uid: 'uid-1',
  rights: { screen: 'control', clipboardIn: true, clipboardOut: false },
};

test('the first start creates three pairs of 2048 bits under the documented names, and the second one reads them', async () => {
  await using folder = await aFolder();
  const first = await loadKeys(folder.path);
  const second = await loadKeys(folder.path);
  assert.deepEqual(
    (await readdir(folder.path)).toSorted(),
    ['desktop_payload', 'desktop_signing', 'user_signing'].flatMap((name) => [
      `abcdesktop_jwt_${name}_private_key.pem`,
      `abcdesktop_jwt_${name}_public_key.pem`,
    ]),
  );
  assert.ok(first.keys.userSigning.privateKey.equals(second.keys.userSigning.privateKey));
  assert.equal(first.keys.desktopPayload.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.deepEqual([...first.warnings, ...second.warnings], []);
  for (const file of await readdir(folder.path)) assert.equal((await stat(join(folder.path, file))).mode & 0o077, 0);
  assert.match(
    await readFile(join(folder.path, 'abcdesktop_jwt_desktop_payload_public_key.pem'), 'utf8'),
    /BEGIN RSA PUBLIC KEY/,
  );
});

test('two servers that start at once use the same keys', async () => {
  await using folder = await aFolder();
  const [one, two] = await Promise.all([loadKeys(folder.path), loadKeys(folder.path)]);
  assert.ok(one.keys.userSigning.privateKey.equals(two.keys.userSigning.privateKey));
});

test('a short key is kept, a longer one is created next to it once, and both starts warn', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'abcdesktop_jwt_user_signing_private_key.pem');
  const pem = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  await writeFile(file, pem);
  const first = await loadKeys(folder.path);
  const second = await loadKeys(folder.path);
  assert.equal(await readFile(file, 'utf8'), pem);
  assert.equal(first.keys.userSigning.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.ok(first.keys.userSigning.privateKey.equals(second.keys.userSigning.privateKey));
  for (const { warnings } of [first, second]) {
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.text ?? '', /1024 bits/);
  }
});

test('a public key of another pair is reported and not used', async () => {
  await using folder = await aFolder();
  await loadKeys(folder.path);
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const file = join(folder.path, 'abcdesktop_jwt_desktop_signing_public_key.pem');
  await writeFile(file, other.export({ type: 'spki', format: 'pem' }));
  const { keys: found, warnings } = await loadKeys(folder.path);
  assert.equal(found.desktopSigning.publicKey.equals(other), false);
  assert.match(warnings[0]?.text ?? '', /isn't the public half/);
});

test('a folder that is not writable gives keys for this run, with a warning for each', async () => {
  await using folder = await aFolder();
  // A file in place of the folder stops even root.
  const blocked = join(folder.path, 'file');
  await writeFile(blocked, '');
  const { keys: made, warnings } = await loadKeys(blocked);
  assert.equal(made.userSigning.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.equal(warnings.filter((warning) => /log in again after a restart/.test(warning.text)).length, 3);
});

test('a file that contains no key is refused with its name', async () => {
  await using folder = await aFolder();
  const file = join(folder.path, 'abcdesktop_jwt_desktop_signing_private_key.pem');
  await writeFile(file, 'hello');
  await assert.rejects(loadKeys(folder.path), (error) => error instanceof DeskpodError && error.message.includes(file));
});

test('a user token contains the user who logged in', async () => {
  const now = () => new Date('2026-05-01T12:00:00Z');
  const tokens = createUserTokens({ keys, seconds: 360, now });
  const { token, expiresAt } = await tokens.issue(hermes, 'session-1');
  assert.equal(expiresAt.toISOString(), '2026-05-01T12:06:00.000Z');
  assert.deepEqual(await tokens.verify(token), { ...hermes, sessionId: 'session-1', expiresAt, since: now() });
});

test('a user token has the claims that programs of the compatible system read', async () => {
  const { token } = await createUserTokens({ keys, seconds: 360 }).issue(hermes, 'session-1');
  const { auth, user, roles, exp, nbf } = decodeJwt(token);
  assert.deepEqual(user, { userid: 'hermes', name: 'Hermes Conrad' });
  assert.deepEqual(roles, { user: 'true' });
  assert.equal(Number(exp) - Number(nbf), 360);
  assert.deepEqual(auth, {
    provider: 'planet',
    providertype: 'ldap',
    data: { labels: { user: 'true', adminstaff: 'true' }, uidNumber: 2043, gidNumber: 12043 },
  });
});

test('a user token expires at its time; clocks may differ by 20 seconds at its start', async () => {
  let now = new Date('2026-05-01T12:00:00Z');
  const tokens = createUserTokens({ keys, seconds: 60, now: () => now });
  const { token } = await tokens.issue(hermes, 's');
  now = new Date('2026-05-01T12:00:59Z');
  assert.notEqual(await tokens.verify(token), null);
  now = new Date('2026-05-01T12:01:00Z');
  assert.equal(await tokens.verify(token), null);
  now = new Date('2026-05-01T11:59:41Z');
  assert.notEqual(await tokens.verify(token), null);
  now = new Date('2026-05-01T11:59:30Z');
  assert.equal(await tokens.verify(token), null);
});

test('a session is extended with another token, up to the maximum duration after the login', async () => {
  let now = new Date('2026-05-01T12:00:00.500Z');
  const tokens = createUserTokens({ keys, seconds: 60, longestSeconds: 100, now: () => now });
  const first = await tokens.verify((await tokens.issue(hermes, 's')).token);
  assert.equal(first?.since.toISOString(), '2026-05-01T12:00:00.500Z');
  now = new Date('2026-05-01T12:00:30Z');
  const second = await tokens.issue(hermes, 's', first?.since);
  assert.equal(second.expiresAt.toISOString(), '2026-05-01T12:01:30.000Z');
  now = new Date('2026-05-01T12:01:20Z');
  const third = await tokens.issue(hermes, 's', (await tokens.verify(second.token))?.since);
  assert.equal(third.expiresAt.toISOString(), '2026-05-01T12:01:40.000Z');
});

test('two installations have different cookies', async () => {
  await using folder = await aFolder();
  const other = (await loadKeys(folder.path)).keys;
  assert.match(sessionCookie(keys), /^deskpod_session_[0-9a-f]{8}$/);
  assert.equal(sessionCookie(keys), sessionCookie(keys));
  assert.notEqual(sessionCookie(keys), sessionCookie(other));
});

test('a token that is damaged, unsigned, signed with another key or without expiry is refused', async () => {
  const tokens = createUserTokens({ keys, seconds: 360 });
  const { token } = await tokens.issue(hermes, 's');
  const [head, body, signature] = token.split('.');
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
  const confused = await new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(keys.userSigning.publicKey.export({ type: 'spki', format: 'pem' })));
  const foreign = await createUserTokens({ keys: { userSigning: keys.desktopSigning }, seconds: 360 }).issue(
    hermes,
    's',
  );
  const otherUser = Buffer.from(JSON.stringify({ ...decodeJwt(token), user: { userid: 'professor', name: 'x' } }));
  const changed = `${head}.${otherUser.toString('base64url')}.${signature}`;
  for (const bad of ['', 'x', none, confused, foreign.token, changed, `${token}x`, `${token}${'.'.repeat(20_000)}`]) {
    assert.equal(await tokens.verify(bad), null, bad.slice(0, 40));
  }
});

test('a ticket returns its claims and does not reveal them to its bearer', async () => {
  const tickets = createTickets({ keys, seconds: 300 });
  const { token, expiresAt } = await tickets.issue(claims);
  assert.deepEqual(await tickets.verify(token), { ...claims, expiresAt });
  const timed = { ...claims, sessionSince: new Date(1_700_000_000_123), sessionEndsAt: new Date(1_700_000_900_000) };
  const other = await tickets.issue(timed);
  assert.deepEqual(await tickets.verify(other.token), { ...timed, expiresAt: other.expiresAt });
  const seen = token
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    .join();
  for (const secret of ['sesame12', 'hermes']) assert.equal(seen.includes(secret), false);
});

test('a ticket is valid for at most seven minutes, to the second', async () => {
  let now = new Date('2026-05-01T12:00:00Z');
  const tickets = createTickets({ keys, seconds: 86_400, now: () => now });
  const { token, expiresAt } = await tickets.issue(claims);
  assert.equal(expiresAt.getTime() - now.getTime(), 420_000);
  now = new Date(expiresAt.getTime() - 1000);
  assert.notEqual(await tickets.verify(token), null);
  now = new Date(expiresAt.getTime() + 1000);
  assert.equal(await tickets.verify(token), null);
});

test('a ticket with other keys is refused, and so is a user token in its place', async () => {
  const tickets = createTickets({ keys, seconds: 300 });
  const { token: userToken } = await createUserTokens({ keys, seconds: 300 }).issue(hermes, 's');
  const signedElsewhere = createTickets({ keys: { ...keys, desktopSigning: keys.userSigning }, seconds: 300 });
  const sealedElsewhere = createTickets({ keys: { ...keys, desktopPayload: keys.userSigning }, seconds: 300 });
  assert.equal(await tickets.verify(userToken), null);
  assert.equal(await tickets.verify((await signedElsewhere.issue(claims)).token), null);
  assert.equal(await tickets.verify((await sealedElsewhere.issue(claims)).token), null);
  assert.equal(await tickets.verify(''), null);
});
