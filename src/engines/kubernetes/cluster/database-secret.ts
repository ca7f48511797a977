/**
 * The password of the database in the cluster: the first pod that needs it generates it, all others read it. It is in
 * no file.
 */
import { randomBytes } from 'node:crypto';
import { ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node';

const NAME = 'postgres';
const LABELS = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/part-of': 'deskpod' };

/** Creates the Secret with `password` and `url` unless it exists. True if it was created. */
export async function makeDatabaseSecret(namespace: string): Promise<boolean> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const core = config.makeApiClient(CoreV1Api);
  const password = randomBytes(24).toString('base64url');
  const stringData = { password, url: `postgres://deskpod:${password}@${NAME}:5432/deskpod` };
  try {
    await core.createNamespacedSecret({ namespace, body: { metadata: { name: NAME, labels: LABELS }, stringData } });
    return true;
  } catch (error) {
    // Another pod was first; its password counts.
    if (error instanceof ApiException && error.code === 409) return false;
    throw error;
  }
}
