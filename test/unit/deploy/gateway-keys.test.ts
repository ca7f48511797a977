/** Which files of the key Secrets the parts of an installation mount. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const Items = z.array(z.object({ key: z.string(), path: z.string() })).optional();
const Secret = z.looseObject({ name: z.string().optional(), secretName: z.string().optional(), items: Items });
const Deployment = z.looseObject({
  kind: z.literal('Deployment'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    template: z.looseObject({
      spec: z.looseObject({
        volumes: z.array(
          z.looseObject({
            name: z.string(),
            secret: Secret.optional(),
            projected: z.looseObject({ sources: z.array(z.looseObject({ secret: Secret.optional() })) }).optional(),
          }),
        ),
      }),
    }),
  }),
});

const FILE = resolve(import.meta.dirname, '../../../deploy/kubernetes/deskpod.yaml');
const DEPLOYMENTS = parseAllDocuments(readFileSync(FILE, 'utf8')).flatMap((document) => {
  const deployment = Deployment.safeParse(document.toJS());
  return deployment.success ? [deployment.data] : [];
});

/** Secret → the mounted files; null for all. */
function secretsOf(deployment: string): Record<string, readonly string[] | null> {
  const volumes = DEPLOYMENTS.find(({ metadata }) => metadata.name === deployment)?.spec.template.spec.volumes ?? [];
  const mounted = volumes.flatMap(({ secret, projected }) => [
    secret,
    ...(projected?.sources ?? []).map((source) => source.secret),
  ]);
  const secrets = mounted.filter((secret) => secret !== undefined);
  return Object.fromEntries(
    secrets.map(({ name, secretName, items }) => [name ?? secretName ?? '', items?.map(({ path }) => path) ?? null]),
  );
}

test('a gateway mounts the public halves of the signing keys, and the pair that decrypts tickets', () => {
  assert.deepEqual(secretsOf('gateway'), {
    abcdesktopjwtdesktoppayload: null,
    abcdesktopjwtdesktopsigning: ['abcdesktop_jwt_desktop_signing_public_key.pem'],
    abcdesktopjwtusersigning: ['abcdesktop_jwt_user_signing_public_key.pem'],
    'deskpod-keys': [
      'abcdesktop_jwt_desktop_payload_2048_private_key.pem',
      'abcdesktop_jwt_desktop_signing_2048_public_key.pem',
      'abcdesktop_jwt_user_signing_2048_public_key.pem',
    ],
  });
});

test('only the api mounts private keys that sign', () => {
  for (const { metadata } of DEPLOYMENTS) {
    const secrets = secretsOf(metadata.name);
    const signs = Object.entries(secrets).some(([name, files]) => /signing|deskpod-keys/.test(name) && files === null);
    assert.equal(signs, metadata.name === 'api', metadata.name);
  }
});
