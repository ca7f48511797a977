/** Errors that apps write into their log though nothing is wrong, each with the reason. */
import type { Allowed } from './log-errors.ts';

export const COMMON: readonly Allowed[] = [
  {
    pattern: /dbus|d-bus|session bus|disabled:|gvfs|GVolumeMonitor/i,
    because: 'no session bus runs beside an app, and programs do without',
  },
];

export const ALLOWED: Readonly<Record<string, readonly Allowed[]>> = {};
