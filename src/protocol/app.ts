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
