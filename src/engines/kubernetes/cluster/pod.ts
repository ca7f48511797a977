/** Pods and nodes as far as this engine reads them, parsed once on arrival, from lists and watches alike. */
import { z } from 'zod';
import type { Environment } from '#protocol/app.ts';

const Time = z.coerce.date();
const Texts = z.record(z.string(), z.string()).nullish();

const State = z.looseObject({
  waiting: z.looseObject({ reason: z.string().nullish(), message: z.string().nullish() }).nullish(),
  running: z.looseObject({ startedAt: Time.nullish() }).nullish(),
  terminated: z
    .looseObject({
      exitCode: z.int(),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      startedAt: Time.nullish(),
      finishedAt: Time.nullish(),
    })
    .nullish(),
});

const ContainerStatus = z.looseObject({
  name: z.string(),
  image: z.string().nullish(),
  imageID: z.string().nullish(),
  containerID: z.string().nullish(),
  ready: z.boolean().nullish(),
  restartCount: z.int().nullish(),
  state: State.nullish(),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

const Ids = z.looseObject({ runAsUser: z.int().nullish(), runAsGroup: z.int().nullish() });

const Container = z.looseObject({
  name: z.string(),
  image: z.string().nullish(),
  command: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().nullish() })).nullish(),
  tty: z.boolean().nullish(),
  securityContext: Ids.nullish(),
  volumeMounts: z
    .array(
      z.looseObject({
        name: z.string(),
        mountPath: z.string(),
        readOnly: z.boolean().nullish(),
        subPath: z.string().nullish(),
      }),
    )
    .nullish(),
  /** Of an ephemeral one. */
  targetContainerName: z.string().nullish(),
});
export type Container = z.infer<typeof Container>;

export const Pod = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    labels: Texts,
    annotations: Texts,
    creationTimestamp: Time,
    deletionTimestamp: Time.nullish(),
    /** Which program changed which fields. */
    managedFields: z
      .array(
        z.looseObject({
          manager: z.string().nullish(),
          time: Time.nullish(),
          subresource: z.string().nullish(),
          fieldsV1: z.unknown(),
        }),
      )
      .nullish(),
  }),
  spec: z.looseObject({
    nodeName: z.string().nullish(),
    hostname: z.string().nullish(),
    securityContext: Ids.nullish(),
    containers: z.array(Container).default([]),
    ephemeralContainers: z.array(Container).nullish(),
    volumes: z
      .array(
        z.looseObject({
          name: z.string(),
          hostPath: z.looseObject({ path: z.string(), type: z.string().nullish() }).nullish(),
          persistentVolumeClaim: z.looseObject({ claimName: z.string() }).nullish(),
          emptyDir: z.looseObject({ sizeLimit: z.string().nullish() }).nullish(),
        }),
      )
      .nullish(),
  }),
  status: z
    .looseObject({
      phase: z.string().nullish(),
      podIP: z.string().nullish(),
      reason: z.string().nullish(),
      message: z.string().nullish(),
      startTime: Time.nullish(),
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.string().nullish(),
            message: z.string().nullish(),
            lastTransitionTime: Time.nullish(),
          }),
        )
        .nullish(),
      initContainerStatuses: z.array(ContainerStatus).nullish(),
      containerStatuses: z.array(ContainerStatus).nullish(),
      ephemeralContainerStatuses: z.array(ContainerStatus).nullish(),
    })
    .default({}),
});
export type Pod = z.infer<typeof Pod>;

export const Node = z.looseObject({
  metadata: z.looseObject({ name: z.string(), uid: z.string(), labels: Texts }),
  spec: z
    .looseObject({
      unschedulable: z.boolean().nullish(),
      podCIDR: z.string().nullish(),
      podCIDRs: z.array(z.string()).nullish(),
      taints: z.array(z.looseObject({ key: z.string(), value: z.string().nullish(), effect: z.string() })).nullish(),
    })
    .default({}),
  status: z
    .looseObject({
      conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).nullish(),
      images: z
        .array(z.looseObject({ names: z.array(z.string()).nullish(), sizeBytes: z.number().nullish() }))
        .nullish(),
    })
    .default({}),
});
export type Node = z.infer<typeof Node>;

/** Reason and message of a container that waits; null when it does not wait, or only for its turn. */
export function waitingFor(status: ContainerStatus | undefined): { reason: string; message: string } | null {
  const waiting = status?.state?.waiting;
  const reason = waiting?.reason ?? '';
  if (!waiting || reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing') return null;
  return { reason, message: waiting.message ?? '' };
}

/** Why a pod is not scheduled yet, in the scheduler's words; null when it is. */
export function unscheduled(pod: Pod): string | null {
  const condition = pod.status.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return condition?.message ?? null;
}

export function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses, ephemeralContainerStatuses } = pod.status;
  return [...(containerStatuses ?? []), ...(ephemeralContainerStatuses ?? [])].find(({ name }) => name === container);
}

/** The container of a pod application. A copy keeps the original's container name, whatever the pod is called. */
export function mainOf(pod: Pod): string {
  return pod.spec.containers[0]?.name ?? pod.metadata.name;
}

/** `containerd://3f…` → `3f…` */
export function containerIdOf(status: ContainerStatus | undefined): string | null {
  const id = status?.containerID?.split('://')[1] ?? '';
  return id === '' ? null : id;
}

/** The digest by which a node knows an image: `registry/name@sha256:…` → `sha256:…`. */
export function digestOf(status: ContainerStatus | undefined): string | null {
  return /sha256:[0-9a-f]{64}/.exec(status?.imageID ?? '')?.[0] ?? null;
}

export function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function hasEnded({ status: { phase } }: Pod): boolean {
  return phase === 'Failed' || phase === 'Succeeded';
}

export function environmentOf(env: Container['env']): Environment {
  // Undoes the escaping: `$$` stands for one dollar.
  return Object.fromEntries((env ?? []).map(({ name, value }) => [name, (value ?? '').replaceAll('$$(', '$(')]));
}
