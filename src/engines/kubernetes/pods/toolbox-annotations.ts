/**
 * Owner and target of a toolbox, kept in an annotation of its pod so that every server knows them.
 */
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';
import { DebugProfile } from '#protocol/debug.ts';
import type { FieldManager } from './ephemeral-containers.ts';
import type { Pod } from '../cluster/pod.ts';

/** One annotation per toolbox, so that two servers never overwrite each other's. */
const TOOLBOX = 'toolbox.deskpod/';

const ToolboxAnnotation = z.object({
  by: z.string(),
  target: z.object({
    desktopId: z.string(),
    launchId: z.string().exactOptional(),
    container: z.string().exactOptional(),
  }),
  profile: DebugProfile,
  /** That it is not shared; named as version 0.1.0 wrote it. */
  special: z.boolean(),
});
export type ToolboxFacts = z.infer<typeof ToolboxAnnotation>;

export function readToolboxAnnotation({ metadata }: Pod, name: string): ToolboxFacts | null {
  const text = metadata.annotations?.[`${TOOLBOX}${name}`];
  return text === undefined ? null : (ToolboxAnnotation.safeParse(parseJson(text)).data ?? null);
}

/** The patch of a pod's metadata that sets the annotation, or with null removes it. */
export function toolboxAnnotationPatch(name: string, annotation: ToolboxFacts | null): object {
  return { metadata: { annotations: { [`${TOOLBOX}${name}`]: annotation && JSON.stringify(annotation) } } };
}

/**
 * The annotation follows the container, or never when the server ends in between; its field manager is known at once.
 */
export function isOwnToolbox(pod: Pod, name: string): boolean {
  const owned: FieldManager = 'deskpod-toolbox';
  return readToolboxAnnotation(pod, name) !== null || addedBy(pod, name)?.manager === owned;
}

const Fields = z.looseObject({
  'f:spec': z.looseObject({ 'f:ephemeralContainers': z.record(z.string(), z.unknown()) }),
});

/** Which program put it on the list, as the cluster noted it: for kubectl that is `kubectl` or `kubectl-debug`. */
export function addedBy({ metadata }: Pod, name: string): { manager: string; time: Date | null } | null {
  const key = `k:{"name":${JSON.stringify(name)}}`;
  for (const { manager, time, subresource, fieldsV1 } of metadata.managedFields ?? []) {
    if (subresource !== 'ephemeralcontainers') continue;
    const fields = Fields.safeParse(fieldsV1).data?.['f:spec']['f:ephemeralContainers'];
    if (manager && fields && key in fields) return { manager, time: time ?? null };
  }
  return null;
}
