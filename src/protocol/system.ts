/** Facts about the installation, and the user's preferences. */
import { z } from 'zod';
import { LanguageChoice } from './language.ts';
import { OpenKind } from './open.ts';
import { Picture } from './picture.ts';
import { ScaleChoice } from './scale.ts';

/** The roles of a process: answer requests, transport screens, or only measure speed. */
export const ServerRole = z.enum(['api', 'gateway', 'speedtest']);
export type ServerRole = z.infer<typeof ServerRole>;

export const System = z.object({
  version: z.string(),
  /** The replica that answered, and its roles. */
  name: z.string(),
  roles: z.array(ServerRole),
  node: z.string(),
  engine: z.object({ kind: z.string(), name: z.string(), version: z.string() }),
  host: z.string(),
  uptimeSeconds: z.number(),
  x11Listen: z.enum(['tcp', 'unix']),
  /** Whether an app in its own pod has its own home folder if that of the desktop is deleted with it. */
  separateLostHomes: z.boolean(),
});
export type System = z.infer<typeof System>;

/** A problem that needs an administrator's attention, with commands that fix it. */
export const SystemWarning = z.object({ text: z.string(), commands: z.array(z.string()) });
export type SystemWarning = z.infer<typeof SystemWarning>;

export const TouchMode = z.enum(['direct', 'trackpad']);
export type TouchMode = z.infer<typeof TouchMode>;

export const Preferences = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  /** App ids in the user's order. */
  dock: z.array(z.string()).max(64).default([]),
  dockHidden: z.boolean().default(false),
  /** Whether what apps print opens the browser's print dialog. */
  printDialog: z.boolean().default(true),
  /** Whether the page offers new files in Downloads for saving on the user's computer. */
  offerDownloads: z.boolean().default(true),
  /** The user's default apps: app ids by the kind of file or link. */
  openWith: z.record(OpenKind, z.string().min(1).max(512)).default({}),
  /** Of the browser's pages; new desktops prefer it, too. */
  language: LanguageChoice.default('system'),
  /** How the desktop's picture is sent. */
  picture: Picture.default('auto'),
  /** What a finger on the screen is: the pointer itself, or what moves it, as on a laptop. */
  touch: TouchMode.default('direct'),
  /** How large programs draw. */
  scale: ScaleChoice.default('auto'),
});
export type Preferences = z.infer<typeof Preferences>;

/** The largest body of `PUT /preferences`, in bytes. */
export const MAX_PREFERENCES_BYTES = 64 * 1024;

const MOST_DEFAULTS = 100;

/** What a user can store. A launch doesn't accept longer app ids either. */
export const NewPreferences = Preferences.extend({
  dock: z.array(z.string().min(1).max(512)).max(64).default([]),
  openWith: Preferences.shape.openWith.refine(
    (defaults) => Object.keys(defaults).length <= MOST_DEFAULTS,
    `has more than ${MOST_DEFAULTS} default apps`,
  ),
});
