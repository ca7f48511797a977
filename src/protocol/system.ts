/** What runs here, and what a user keeps between sessions. */
import { z } from 'zod';

/** What a process does: answers requests, carries screens, or only measures speed. */
export const ServerRole = z.enum(['api', 'gateway', 'speedtest']);
export type ServerRole = z.infer<typeof ServerRole>;

export const System = z.object({
  version: z.string(),
  /** The replica that answered, and what it does. */
  name: z.string(),
  roles: z.array(ServerRole),
  node: z.string(),
  engine: z.object({ kind: z.string(), name: z.string(), version: z.string() }),
  host: z.string(),
  uptimeSeconds: z.number(),
  x11Listen: z.enum(['tcp', 'unix']),
});
export type System = z.infer<typeof System>;

/** Something an administrator should mend, with the commands that do it. */
export const SystemWarning = z.object({ text: z.string(), commands: z.array(z.string()) });
export type SystemWarning = z.infer<typeof SystemWarning>;

export const Preferences = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** App ids in the order the user gave them. */
  dock: z.array(z.string()).max(64).default([]),
  dockHidden: z.boolean().default(false),
});
export type Preferences = z.infer<typeof Preferences>;
