/** The apps that come with the product: in the catalogue before their images exist. */
import type { AppDocument } from '#protocol/manager.ts';
import { DeskpodError } from '../errors.ts';
import type { ImageInfo } from '../ports/engine.ts';
import { parseInspect } from './image-inspect.ts';

/** An image that the engine builds when it is wanted. */
export interface OwnImage {
  /** For example `localhost/deskpod/2048-gtk:latest`; also the catalogue id. */
  readonly reference: string;
  /** The `oc.*` labels its recipe gives it. */
  readonly labels: Readonly<Record<string, string>>;
  /** What its recipe starts. */
  readonly command: readonly string[];
  /** The image that is started, when it is another: the same program in the catalogue a second time. */
  readonly image?: string;
}

/** The documented failure: a program that needs shared memory, as a pod, where it has none. */
const WITH_ERROR = {
  of: 'shm-demo',
  labels: {
    'oc.name': 'shm-demo-with-error',
    'oc.displayname': 'Shared-memory demo (with error)',
    'oc.comment': 'The same program as a pod, where it cannot share memory with the screen and fails',
    'oc.containerengine': 'pod_application',
  },
} as const;

/** The apps of these images, and those that are in the catalogue a second time with other labels. */
export function withVariants<Image extends OwnImage>(own: readonly Image[]): readonly Image[] {
  return own.flatMap((image) => {
    if (image.labels['oc.name'] !== WITH_ERROR.of) return [image];
    const reference = image.reference.replace(WITH_ERROR.of, WITH_ERROR.labels['oc.name']);
    return [image, { ...image, reference, image: image.reference, labels: { ...image.labels, ...WITH_ERROR.labels } }];
  });
}

/** Whose image an entry starts: the app of ours of that id, or for an exported name in our own namespace the same program. */
export function ownOf({ id, path }: Pick<AppDocument, 'id' | 'path'>, own: readonly OwnImage[]): OwnImage | undefined {
  const folder = (reference: string) => reference.slice(0, reference.lastIndexOf('/') + 1);
  return (
    own.find(({ reference }) => reference === id) ??
    own.find(({ reference, labels }) => folder(reference) === folder(id) && path !== null && labels['oc.path'] === path)
  );
}

/** The entry of an image that is not built yet: no hash, no creation date. */
export function documentOfOwn({ reference, labels, command }: OwnImage): AppDocument {
  const inspect = { Id: 'unbuilt', RepoTags: [reference], Config: { Cmd: command, Labels: labels } };
  return { ...firstDocument(inspect, reference), sha_id: '' };
}

/** The entry of an image that is there. */
export function documentOfImage({ reference, image: started, labels }: OwnImage, image: ImageInfo): AppDocument {
  const inspect = {
    Id: image.id.startsWith('sha256:') ? image.id : `sha256:${image.id}`,
    RepoTags: [reference],
    Architecture: image.architecture,
    Os: image.os,
    Created: image.createdAt.toISOString(),
    Config: { Cmd: image.command, Labels: started === undefined ? image.labels : { ...image.labels, ...labels } },
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
