/**
 * The keys of an installation on Kubernetes, mounted from the three documented Secrets. If a key is too short, the server
 * uses a pair of 2048 bits from another Secret instead, which the first replica creates and all share.
 */
import { join } from 'node:path';
import { DeskpodError } from '#domain/errors.ts';
import { type SecretStore, sharedSecret } from '#domain/ports/secret-store.ts';
import type { SystemWarning } from '#protocol/system.ts';
import {
  bitsOf,
  filesOf,
  isLong,
  KEY_NAMES,
  type KeyName,
  type KeyPair,
  longerFilesOf,
  generatePair,
  pairOf,
  pemsOf,
  privateKeyOf,
  publicKeyOf,
  readIfExists,
  readPrivateKey,
  SHORTEST_BITS,
} from './key-files.ts';
import type { LoadedKeys } from './keys.ts';

export const KEYS_SECRET = 'deskpod-keys';

const SECRETS: Readonly<Record<KeyName, string>> = {
  user_signing: 'abcdesktopjwtusersigning',
  desktop_signing: 'abcdesktopjwtdesktopsigning',
  desktop_payload: 'abcdesktopjwtdesktoppayload',
};

export interface ClusterKeysOptions {
  /** The folder where the documented Secrets are mounted. */
  readonly dir: string;
  readonly secretStore: SecretStore;
  /** For the commands in warnings. */
  readonly namespace: string;
}

/** If documented keys are missing, fails with the commands that create them. */
export async function loadClusterKeys({ dir, secretStore, namespace }: ClusterKeysOptions): Promise<LoadedKeys> {
  const warnings: SystemWarning[] = [];
  const given = await Promise.all(
    KEY_NAMES.map(async (name) => ({ name, key: await readPrivateKey(join(dir, filesOf(name).privateFile)) })),
  );
  const missing = given.filter(({ key }) => key === null).map(({ name }) => name);
  if (missing.length > 0) throw missingKeys(dir, missing, namespace);
  let replacements: Promise<Readonly<Record<string, string>>> | null = null;
  const pair = async (name: KeyName): Promise<KeyPair> => {
    const key = given.find((one) => one.name === name)?.key ?? null;
    if (key !== null && isLong(key)) {
      const own = pairOf(key);
      if (!(await hasPublicHalf(dir, name, own))) warnings.push(noPublicHalf(name, namespace));
      return own;
    }
    warnings.push(shortKey(name, key === null ? 0 : bitsOf(key), namespace));
    replacements ??= sharedSecret(secretStore, KEYS_SECRET, generateReplacements);
    return replacementFor(await replacements, name, namespace);
  };
  const [userSigning, desktopSigning, desktopPayload] = await Promise.all([
    pair('user_signing'),
    pair('desktop_signing'),
    pair('desktop_payload'),
  ]);
  return { keys: { userSigning, desktopSigning, desktopPayload }, warnings };
}

/** Gateways get the public halves alone, in files; the api derives them. */
async function hasPublicHalf(dir: string, name: KeyName, { publicKey }: KeyPair): Promise<boolean> {
  if (name === 'desktop_payload') return true;
  const pem = await readIfExists(join(dir, filesOf(name).publicFile));
  return pem !== null && publicKeyOf(pem)?.equals(publicKey) === true;
}

/** All three, because the documented Secrets may be replaced one by one. */
async function generateReplacements(): Promise<Record<string, string>> {
  const pairs = await Promise.all(KEY_NAMES.map(async (name) => ({ name, pems: pemsOf(name, await generatePair()) })));
  return Object.fromEntries(
    pairs.flatMap(({ name, pems }) => {
      const { privateFile, publicFile } = longerFilesOf(name);
      return [
        [privateFile, pems.private],
        [publicFile, pems.public],
      ];
    }),
  );
}

function replacementFor(secret: Readonly<Record<string, string>>, name: KeyName, namespace: string): KeyPair {
  const { privateFile } = longerFilesOf(name);
  const pem = secret[privateFile];
  if (pem === undefined) {
    throw new DeskpodError('internal_error', `The Secret ${KEYS_SECRET} lacks ${privateFile}.`, {
      remedy: `Delete it to generate it again: kubectl delete secret ${KEYS_SECRET} -n ${namespace}`,
    });
  }
  return pairOf(privateKeyOf(pem, `${privateFile} in the Secret ${KEYS_SECRET}`));
}

function shortKey(name: KeyName, bits: number, namespace: string): SystemWarning {
  return {
    text:
      `The key in the Secret ${SECRETS[name]} has ${bits} bits, which isn't secure. ` +
      `A key of ${SHORTEST_BITS} bits from the Secret ${KEYS_SECRET} is used instead. Replace the key with these commands, ` +
      `then restart the deployments: kubectl rollout restart deployment -n ${namespace}`,
    commands: commandsFor(name, namespace, 'replacement'),
  };
}

function noPublicHalf(name: KeyName, namespace: string): SystemWarning {
  const { privateFile, publicFile } = filesOf(name);
  return {
    text: `The Secret ${SECRETS[name]} lacks ${publicFile}, or has the public half of another key: gateways read it instead of ${privateFile}, and accept no session or ticket without it. Add it with these commands.`,
    commands: commandsFor(name, namespace, 'public half'),
  };
}

function missingKeys(dir: string, names: readonly KeyName[], namespace: string): DeskpodError {
  const files = names.map((name) => filesOf(name).privateFile).join(', ');
  const commands = names.flatMap((name) => commandsFor(name, namespace, 'new'));
  return new DeskpodError('internal_error', `The keys of this installation are missing in ${dir}: ${files}.`, {
    remedy: `Create them and their Secrets:\n${commands.join('\n')}`,
  });
}

function commandsFor(name: KeyName, namespace: string, what: 'new' | 'replacement' | 'public half'): string[] {
  const { privateFile, publicFile } = filesOf(name);
  const secret = SECRETS[name];
  const form = name === 'desktop_payload' ? '-RSAPublicKey_out' : '-pubout';
  const privateHalf =
    what === 'public half'
      ? `kubectl get secret ${secret} -n ${namespace} -o jsonpath='{.data.${privateFile.replace('.', '\\.')}}' | base64 -d >${privateFile}`
      : `openssl genrsa -out ${privateFile} ${SHORTEST_BITS}`;
  return [
    `${privateHalf} && openssl rsa -in ${privateFile} ${form} -out ${publicFile}`,
    ...(what === 'new' ? [] : [`kubectl delete secret ${secret} -n ${namespace}`]),
    `kubectl create secret generic ${secret} --from-file=${privateFile} --from-file=${publicFile} --namespace=${namespace}`,
  ];
}
