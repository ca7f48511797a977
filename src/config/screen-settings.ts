/** Settings for the screen of desktops; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';

export const SCREEN_SETTINGS = {
  'screen.video': z.boolean().default(true).register(FACTS, {
    text: 'Whether films and other moving parts of the screen are sent as H.264 video where the desktop has the service `video` and the browser can decode it. Otherwise they are sent as JPEG.',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_SCREEN_VIDEO',
  }),
} as const;
