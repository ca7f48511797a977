/** Settings for the screen of desktops; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';

export const SCREEN_SETTINGS = {
  'screen.video': z.boolean().default(true).register(FACTS, {
    text: 'Whether films and other moving parts of the screen are sent as H.264 video where the desktop has the service `video` and the browser can decode it. Text that scrolls without a pause in a large part of the screen counts as moving, too. Each page that shows a moving part takes up to one processor for it. If this is off, the screen is sent without video.',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_SCREEN_VIDEO',
  }),
} as const;
