/**
 * The keys of an installation on Kubernetes: shared by replicas, read by gateways, and accepted although they are
 * short.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { KEYS_SECRET, loadClusterKeys } from '#auth/cluster-keys.ts';
import { awaitGatewayKeys, readGatewayKeys } from '#auth/gateway-keys.ts';
import { gatewayToken } from '#auth/gateway-token.ts';
import { DeskpodError } from '#domain/errors.ts';
import { needsLinux } from '../../fixtures/machine.ts';
import { FakeSecretStore } from '../../fakes/secret-store.ts';

async function aFolder() {
  const path = await mkdtemp(join(tmpdir(), 'deskpod-keys-'));
  const dir = join(path, 'keys');
  const longer = join(path, 'keys-2048');
  await mkdir(dir);
  // An optional Secret is mounted as an empty folder until it exists.
  await mkdir(longer);
  return { dir, longer, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const NAMES = ['user_signing', 'desktop_signing', 'desktop_payload'] as const;

/**
 * Keys as written by the documented commands: PKCS#1 from old versions of openssl, and the public half of the payload
 * key.
 */
async function writeDocumented(dir: string, bits: number, names: readonly string[] = NAMES): Promise<void> {
  for (const name of names) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    const type = name === 'desktop_payload' ? 'pkcs1' : 'spki';
    const file = join(dir, `abcdesktop_jwt_${name}`);
    await writeFile(`${file}_private_key.pem`, privateKey.export({ type: 'pkcs1', format: 'pem' }));
    await writeFile(`${file}_public_key.pem`, publicKey.export({ type, format: 'pem' }));
  }
}

/** Mounts a new Secret, like a kubelet. */
async function mount(secretStore: FakeSecretStore, dir: string): Promise<void> {
  for (const [file, text] of Object.entries(secretStore.secrets.get(KEYS_SECRET) ?? {}))
    await writeFile(join(dir, file), text);
}

test('documented keys of 2048 bits are used unchanged, and none are created', async () => {
  await using folder = await aFolder();
  await writeDocumented(folder.dir, 2048);
  const secretStore = new FakeSecretStore();
  const { keys, warnings } = await loadClusterKeys({ dir: folder.dir, secretStore, namespace: 'abcdesktop' });
  assert.deepEqual([warnings, secretStore.secrets.size], [[], 0]);
  const gateway = await readGatewayKeys(folder.dir);
  assert.ok(typeof gateway !== 'string');
  assert.ok(gateway.userSigning.publicKey.equals(keys.userSigning.publicKey));
  assert.equal(gatewayToken(gateway, 'forward'), gatewayToken(keys, 'forward'));
  assert.notEqual(gatewayToken(keys, 'closings'), gatewayToken(keys, 'forward'));
});

test('the fingerprint of a set of keys changes with each of the three pairs', async () => {
  await using folder = await aFolder();
  const states = new Set<string>();
  await writeDocumented(folder.dir, 2048);
  for (const name of [null, ...NAMES]) {
    if (name !== null) await writeDocumented(folder.dir, 2048, [name]);
    const gateway = await readGatewayKeys(folder.dir);
    assert.ok(typeof gateway !== 'string');
    states.add(gatewayToken(gateway, 'state')).add(gatewayToken(gateway, 'closings'));
  }
  assert.equal(states.size, 2 * (1 + NAMES.length));
});

test('short keys do not stop the server: replicas that start together share long ones, and log how to replace the short ones', async () => {
  await using folder = await aFolder();
  await writeDocumented(folder.dir, 1024);
  const secretStore = new FakeSecretStore();
  const options = { dir: folder.dir, secretStore, namespace: 'people' };
  const [one, two] = await Promise.all([loadClusterKeys(options), loadClusterKeys(options)]);
  assert.ok(one.keys.desktopPayload.privateKey.equals(two.keys.desktopPayload.privateKey));
  assert.equal(one.keys.userSigning.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.deepEqual(
    new Set(one.warnings.map(({ text }) => /Secret (\w+) has 1024 bits/.exec(text)?.[1])),
    new Set(['abcdesktopjwtdesktoppayload', 'abcdesktopjwtdesktopsigning', 'abcdesktopjwtusersigning']),
  );
  const commands = new Set(one.warnings.flatMap((warning) => warning.commands));
  assert.ok(commands.has('kubectl delete secret abcdesktopjwtusersigning -n people'));
  assert.ok(
    commands.has(
      'kubectl create secret generic abcdesktopjwtusersigning --from-file=abcdesktop_jwt_user_signing_private_key.pem --from-file=abcdesktop_jwt_user_signing_public_key.pem --namespace=people',
    ),
  );
});

test('a gateway waits for the long keys, reports what it waits for, and continues when they are mounted', async () => {
  await using folder = await aFolder();
  await writeDocumented(folder.dir, 1024);
  const secretStore = new FakeSecretStore();
  const { keys } = await loadClusterKeys({ dir: folder.dir, secretStore, namespace: 'abcdesktop' });
  const said = Promise.withResolvers<string>();
  const waiting = awaitGatewayKeys(folder.dir, said.resolve, AbortSignal.timeout(20_000));
  assert.match(
    await said.promise,
    /waiting for keys: abcdesktop_jwt_user_signing_public_key\.pem with at least 2048 bits/,
  );
  await mount(secretStore, folder.longer);
  const gateway = await waiting;
  assert.ok(gateway.desktopPayload.privateKey.equals(keys.desktopPayload.privateKey));
});

test('the public halves of the signing keys are sufficient for a gateway', async () => {
  await using folder = await aFolder();
  await writeDocumented(folder.dir, 2048);
  for (const name of ['user_signing', 'desktop_signing'])
    await rm(join(folder.dir, `abcdesktop_jwt_${name}_private_key.pem`));
  assert.notEqual(typeof (await readGatewayKeys(folder.dir)), 'string');
});

test('the api warns if gateways lack the public half of a signing key, or have that of another key', async () => {
  await using folder = await aFolder();
  const { dir } = folder;
  await writeDocumented(dir, 2048);
  await rm(join(dir, 'abcdesktop_jwt_user_signing_public_key.pem'));
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
  await writeFile(join(dir, 'abcdesktop_jwt_desktop_signing_public_key.pem'), other);
  const { warnings } = await loadClusterKeys({ dir, secretStore: new FakeSecretStore(), namespace: 'people' });
  const texts = warnings.map(({ text, commands }) => [text, ...commands].join('\n')).join('\n');
  assert.equal(warnings.length, 2, texts);
  assert.match(texts, /Secret abcdesktopjwtusersigning lacks abcdesktop_jwt_user_signing_public_key\.pem/);
  assert.match(texts, /Secret abcdesktopjwtdesktopsigning lacks/);
  assert.match(texts, /jsonpath='\{\.data\.abcdesktop_jwt_user_signing_private_key\\\.pem\}' \| base64 -d/);
  assert.match(texts, /kubectl create secret generic abcdesktopjwtusersigning .* --namespace=people/);
});

test('a public half can be a certificate, as the chart writes it', needsLinux('openssl'), async () => {
  await using folder = await aFolder();
  const { dir } = folder;
  await writeDocumented(dir, 2048);
  const stem = join(dir, 'abcdesktop_jwt_user_signing');
  const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=deskpod'];
  execFileSync('openssl', [...certificate, '-keyout', `${stem}_private_key.pem`, '-out', `${stem}_public_key.pem`], {
    stdio: 'ignore',
  });
  const api = await loadClusterKeys({ dir, secretStore: new FakeSecretStore(), namespace: 'abcdesktop' });
  assert.deepEqual(api.warnings, []);
  await rm(`${stem}_private_key.pem`);
  const gateway = await readGatewayKeys(dir);
  assert.ok(typeof gateway !== 'string' && gateway.userSigning.publicKey.equals(api.keys.userSigning.publicKey));
});

test('missing keys stop the server with the commands that create them', async () => {
  await using folder = await aFolder();
  await writeDocumented(folder.dir, 2048, ['user_signing', 'desktop_payload']);
  await assert.rejects(
    loadClusterKeys({ dir: folder.dir, secretStore: new FakeSecretStore(), namespace: 'abcdesktop' }),
    (error) =>
      error instanceof DeskpodError &&
      /abcdesktop_jwt_desktop_signing_private_key\.pem/.test(error.message) &&
      /openssl genrsa[^]*kubectl create secret generic abcdesktopjwtdesktopsigning/.test(error.remedy ?? ''),
  );
});
