/** `deskpod images sbom NAME`: the SBOM of an image that was built. */
import { join } from 'node:path';
import { openEngine, type SetupFolders } from '../engine.ts';
import { openBuilder } from '../images/build.ts';
import { namedImages } from '../images/images.ts';
import { serverImages } from '../images/server.ts';
import type { Progress } from '../progress.ts';

export async function imageSbom(
  folders: SetupFolders,
  name: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<unknown> {
  await using owned = new AsyncDisposableStack();
  const api = await openEngine(folders, owned, progress);
  const prepared = await serverImages(folders.root, join(folders.dataDir, 'cache/server'));
  const builder = openBuilder(api, folders, { prepared });
  const [reference = ''] = namedImages(builder.list(), [name]).map((image) => image.reference);
  return await builder.sbom(reference, signal);
}
