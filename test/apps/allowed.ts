/** Errors that apps write into their log though nothing is wrong, each with the reason. */
import type { Allowed } from './log-errors.ts';

export const COMMON: readonly Allowed[] = [
  {
    pattern: /dbus|d-bus|session bus|disabled:|gvfs|GVolumeMonitor/i,
    because: 'no session bus runs beside an app, and programs do without',
  },
  {
    pattern: /Theme parsing error.*deprecated/,
    because: 'the theme is one for older versions of GTK, too',
  },
  {
    pattern: /failed to contact colord/,
    because: 'no service for colour profiles runs beside an app, and printers are asked without',
  },
];

const NO_MIDI: Allowed = { pattern: /ALSA lib seq|snd_seq/, because: 'a container has no MIDI devices' };
const NO_JAVA: Allowed = { pattern: /javaldx/, because: 'its images have no Java' };

export const ALLOWED: Readonly<Record<string, readonly Allowed[]>> = {
  '2048-qt': [{ pattern: /Failed to load 2048-qt_C/, because: 'the language C has no translation' }],
  writer: [NO_JAVA],
  calc: [NO_JAVA],
  impress: [NO_JAVA],
  draw: [NO_JAVA],
  calculator: [{ pattern: /Nothing to worry about/, because: 'it has no settings at its first start' }],
  calibre: [
    {
      pattern: /DeviceManager|Traceback/,
      because: 'its thread that looks for readers on USB ends: a container has none',
    },
    {
      pattern: /GpuControl\.CreateCommandBuffer/,
      because: 'its viewer asks for a graphics card, and goes on without',
    },
  ],
  darktable: [NO_MIDI],
  gimp: [
    {
      pattern: /file-rawtherapee|file-darktable/,
      because: 'it looks for programs for raw photos, which are other apps',
    },
  ],
  gitg: [{ pattern: /could not find repository/, because: 'the home folder isn’t a Git repository' }],
  inkscape: [
    { pattern: /cphistory\.xml/, because: 'the history of its command palette is made at its first use' },
    { pattern: /accel/, because: 'it asks for shortcuts of actions that have none' },
  ],
  krita: [{ pattern: /startTimer/, because: 'Qt says so of a timer that isn’t needed' }],
  remmina: [
    {
      pattern: /g_ascii_strdown|g_strrstr/,
      because: 'it asks for the name of a desktop environment, which there is none of',
    },
  ],
  vlc: [{ pattern: /no suitable interface module/, because: 'its interface for D-Bus finds no session bus' }],
};
