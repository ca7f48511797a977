/** The apps that come with the product: in the catalogue before their images exist. */
import type { AppDocument } from '../../protocol/manager.ts';
import { DeskpodError } from '../errors.ts';
import type { ImageInfo } from '../engine.ts';
import { parseInspect } from './inspect.ts';

/** An image that the engine builds when it is wanted. */
export interface OwnImage {
  /** For example `localhost/deskpod/2048-gtk:latest`; also the catalogue id. */
  readonly reference: string;
  /** The `oc.*` labels its recipe gives it. */
  readonly labels: Readonly<Record<string, string>>;
  /** What its recipe starts. */
  readonly command: readonly string[];
  /** Other references that mean this image, for example the exported `localhost/deskpod/2048-alpine.d:3.0`. */
  readonly aliases?: readonly string[];
}

/** The entry of an image that is not built yet: no hash, no creation date. */
export function documentOfOwn({ reference, labels, command }: OwnImage): AppDocument {
  const inspect = { Id: 'unbuilt', RepoTags: [reference], Config: { Cmd: command, Labels: labels } };
  return { ...firstDocument(inspect, reference), sha_id: '' };
}

/** The entry of an image that is there. */
export function documentOfImage(reference: string, image: ImageInfo): AppDocument {
  const inspect = {
    Id: image.id.startsWith('sha256:') ? image.id : `sha256:${image.id}`,
    RepoTags: [reference],
    Architecture: image.architecture,
    Os: image.os,
    Created: image.createdAt.toISOString(),
    Config: { Cmd: image.command, Labels: image.labels },
  };
  return firstDocument(inspect, reference);
}

function firstDocument(inspect: unknown, reference: string): AppDocument {
  const parsed = parseInspect(inspect);
  const document = parsed?.documents[0];
  if (document !== undefined) return document;
  const reasons = parsed?.skipped.map(({ field, message }) => `${field} ${message}`).join('; ');
  throw new DeskpodError('internal_error', `The image ${reference} is not an app: ${reasons ?? 'nothing to read'}.`, {
    remedy: 'Correct its labels under images/ and build it again.',
  });
}
