/** Apps: the catalogue entries that a user can start. */
import { z } from 'zod';
import { isSecretName } from './secret-names.ts';

/** How a launch runs: as an ephemeral container in the desktop's pod, or in a pod of its own. */
export const Runtime = z.enum(['ephemeral_container', 'pod_application']);
export type Runtime = z.infer<typeof Runtime>;

/** Resource limits of one launch. A missing limit means that the launch itself sets none. */
export const Limits = z.object({
  memoryBytes: z.int().positive().optional(),
  /** CPU cores; 0.5 is half a core. */
  cpus: z.number().positive().optional(),
  processes: z.int().positive().optional(),
});
export type Limits = z.infer<typeof Limits>;

/**
 * Seccomp profiles that an app can ask for instead of the engine's default; `engines/shared/seccomp.ts` has what they
 * allow. `browser-sandbox`: for programs that lock parts of themselves into user namespaces, as Chromium does.
 */
export const SeccompProfile = z.enum(['browser-sandbox']);
export type SeccompProfile = z.infer<typeof SeccompProfile>;

const Port = z.int().min(1).max(65_535);

/** The fields of a Kubernetes probe that apps use. */
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

/** Pod settings of an app beyond limits; a single machine ignores them. */
export const PodSettings = z.object({
  /** Resource requests; the limits by default. */
  requests: Limits.exactOptional(),
  nodeSelector: z.record(z.string(), z.string()).exactOptional(),
  tolerations: z.array(Toleration).exactOptional(),
  runtimeClassName: z.string().exactOptional(),
  ports: z.array(Port).exactOptional(),
  livenessProbe: Probe.exactOptional(),
  readinessProbe: Probe.exactOptional(),
  /** Annotations, for example for additional networks. */
  annotations: z.record(z.string(), z.string()).exactOptional(),
});
export type PodSettings = z.infer<typeof PodSettings>;

export const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a variable name');

export const Environment = z.record(VariableName, z.string().max(32_768));
export type Environment = z.infer<typeof Environment>;

const MOST_VARIABLES = 256;
const MOST_VARIABLE_CHARACTERS = 128 * 1024;

/** Variables that a user gives; they are stored with the launch or debug session. */
export const GivenEnvironment = Environment.refine((env) => {
  const all = Object.entries(env);
  return all.length <= MOST_VARIABLES && all.join('').length <= MOST_VARIABLE_CHARACTERS;
}, `has more than ${MOST_VARIABLES} variables or ${MOST_VARIABLE_CHARACTERS} characters`);

/** Names of given variables whose values support and administrators may read, too. */
export const PublicNames = z
  .array(
    VariableName.refine((name) => !isSecretName(name), 'The name looks like that of a secret, which stays hidden.'),
  )
  .max(MOST_VARIABLES);

/** Whether the engine has the app's image. */
export const AppAvailability = z.discriminatedUnion('state', [
  z.object({ state: z.literal('ready') }),
  /** Not present yet: pulled or built for the first launch. */
  z.object({ state: z.literal('not_installed') }),
  z.object({ state: z.literal('installing'), step: z.string(), startedAt: z.iso.datetime() }),
  z.object({ state: z.literal('unavailable'), reason: z.string() }),
]);
export type AppAvailability = z.infer<typeof AppAvailability>;

export const App = z.object({
  /** The image reference it was added with, for example `localhost/deskpod/2048-gtk:latest`. */
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
  /** URL of the icon; null if there is none: the UI draws a letter tile. */
  iconUrl: z.string().nullable(),
  pinned: z.boolean(),
  /** Older servers don't say. The kinds of files and links that it opens: `.md`, `.` (no extension), `/` (folders), `web:`, `mailto:`. */
  opens: z.array(z.string()).default([]),
  /** `oc.usedefaultapplication`: it opens them unless the user has another default. */
  opensByDefault: z.boolean().default(false),
  availability: AppAvailability,
});
export type App = z.infer<typeof App>;

/** Variables and arguments that an administrator sets for every launch of an app. */
export const AppDefaults = z.object({ env: Environment, args: z.array(z.string()).max(64) });
export type AppDefaults = z.infer<typeof AppDefaults>;
