/** Settings of the clipboard between desktops and browsers; part of `settings.ts`. */
import { z } from 'zod';
import { ClipboardType, MAX_COPIED_BYTES } from '../protocol/clipboard.ts';
import type { Config } from './config.ts';
import { FACTS } from './facts.ts';
import { Bytes } from './kinds.ts';

export const CLIPBOARD_SETTINGS = {
  'clipboard.direction': z.enum(['both', 'in', 'out', 'off']).default('both').register(FACTS, {
    text: 'Which way users can copy and paste: `in` only from their computer to the desktop, `out` only from the desktop to their computer. Inside a desktop, apps always can.',
    read: 'text',
    type: '`both`, `in`, `out` or `off`',
    variable: 'DESKPOD_CLIPBOARD_DIRECTION',
  }),
  'clipboard.types': z
    .array(ClipboardType)
    .default([...ClipboardType.options])
    .register(FACTS, {
      text: 'What can be copied and pasted: text, formatted text, pictures, and lists of files (`text/uri-list` and `x-special/gnome-copied-files`: their names, not their contents), with which the Files panel and file managers in the desktop exchange files.',
      read: 'list',
      type: 'list of `text/plain`, `text/html`, `image/png`, `text/uri-list`, `x-special/gnome-copied-files`',
      fallback: 'all of them',
      variable: 'DESKPOD_CLIPBOARD_TYPES',
    }),
  'clipboard.maxBytes': Bytes.refine(
    (bytes) => bytes >= 1 && bytes <= MAX_COPIED_BYTES,
    'is not between 1 byte and 8Mi',
  )
    .prefault('8Mi')
    .register(FACTS, {
      text: 'How large something can be that is copied or pasted. It can have several forms, for example formatted text and its plain text: pasted into the desktop, they count together, copied from it, each counts by itself. Text alone goes over the screen’s connection, up to 1 MiB; with less than `1Mi` here it doesn’t, and only Deskpod’s own page can copy and paste.',
      read: 'text',
      type: 'amount of memory, at most `8Mi`',
      variable: 'DESKPOD_CLIPBOARD_MAX_BYTES',
    }),
  'clipboard.history': z.boolean().default(false).register(FACTS, {
    text: 'Whether the page keeps the last ten things that were copied in the desktop or pasted into it, so that users can copy them again. Only in the page’s memory: they are gone when it’s closed or the user logs out.',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_CLIPBOARD_HISTORY',
  }),
} as const;

const Given = z.object(CLIPBOARD_SETTINGS);

export function clipboardOf(values: z.output<typeof Given>): Config['clipboard'] {
  return {
    direction: values['clipboard.direction'],
    types: values['clipboard.types'],
    maxBytes: values['clipboard.maxBytes'],
    history: values['clipboard.history'],
  };
}
