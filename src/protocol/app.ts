/** Apps as a user sees them: catalogue entries they may start. */
import { z } from 'zod';

/** How a launch runs: inside the desktop's pod, or as a pod beside it. */
export const Runtime = z.enum(['ephemeral_container', 'pod_application']);
export type Runtime = z.infer<typeof Runtime>;

/** What one launch may use. Absent means not limited by the launch itself. */
export const Limits = z.object({
  memoryBytes: z.int().positive().optional(),
  /** Processors; 0.5 is half of one. */
  cpus: z.number().positive().optional(),
  processes: z.int().positive().optional(),
});
export type Limits = z.infer<typeof Limits>;

const Port = z.int().min(1).max(65_535);

/** How a cluster tells whether a pod works: the fields of a Kubernetes Probe that apps use. */
export const Probe = z.object({
  httpGet: z.object({ path: z.string().default('/'), port: Port }).exactOptional(),
  tcpSocket: z.object({ port: Port }).exactOptional(),
  exec: z.object({ command: z.array(z.string()).min(1) }).exactOptional(),
  initialDelaySeconds: z.int().min(0).exactOptional(),
  periodSeconds: z.int().min(1).exactOptional(),
  timeoutSeconds: z.int().min(1).exactOptional(),
  failureThreshold: z.int().min(1).exactOptional(),
});
export type Probe = z.infer<typeof Probe>;

export const Toleration = z.object({
  key: z.string().exactOptional(),
  operator: z.enum(['Exists', 'Equal']).exactOptional(),
  value: z.string().exactOptional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).exactOptional(),
  tolerationSeconds: z.int().exactOptional(),
});
export type Toleration = z.infer<typeof Toleration>;

/** What an app asks of its pod beyond limits. One machine takes no notice of it. */
export const PodWishes = z.object({
  /** What is set aside for it; its limits when left out. */
  requests: Limits.exactOptional(),
  nodeSelector: z.record(z.string(), z.string()).exactOptional(),
  tolerations: z.array(Toleration).exactOptional(),
  runtimeClassName: z.string().exactOptional(),
  ports: z.array(Port).exactOptional(),
  livenessProbe: Probe.exactOptional(),
  readinessProbe: Probe.exactOptional(),
  /** For example of networks it joins. */
  annotations: z.record(z.string(), z.string()).exactOptional(),
});
export type PodWishes = z.infer<typeof PodWishes>;

export const Environment = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a variable name'),
  z.string().max(32_768),
);
export type Environment = z.infer<typeof Environment>;

/** Whether the app's image is on this engine. */
export const AppAvailability = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready') }),
  /** Can be had, but is fetched or built when first wanted. */
  z.object({ state: z.literal('not_installed') }),
  z.object({ state: z.literal('installing'), step: z.string(), startedAt: z.iso.datetime() }),
  z.object({ state: z.literal('unavailable'), reason: z.string() }),
]);
export type AppAvailability = z.infer<typeof AppAvailability>;

export const App = z.object({
  /** The image reference with which it was registered, for example `localhost/deskpod/2048-gtk:latest`. */
  id: z.string(),
  /** `oc.name` */
  name: z.string(),
  displayName: z.string(),
  description: z.string().nullable(),
  keywords: z.array(z.string()),
  categories: z.array(z.string()),
  /** X11 `WM_CLASS` as `instance.Class`, from `oc.launch`. */
  wmClass: z.string(),
  runtime: Runtime,
  limits: Limits,
  /** Address of the icon, or null: then the UI draws a letter tile. */
  iconUrl: z.string().nullable(),
  pinned: z.boolean(),
  availability: AppAvailability,
});
export type App = z.infer<typeof App>;

/** What an administrator keeps for an app, added to every launch of it. */
export const AppDefaults = z.object({ env: Environment, args: z.array(z.string()).max(64) });
export type AppDefaults = z.infer<typeof AppDefaults>;
