/** Settings for opening links; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';

export const LINK_SETTINGS = {
  'links.open': z.enum(['desktop', 'browser']).default('desktop').register(FACTS, {
    text: 'Where links open that a program in a desktop wants to open (`xdg-open`). `desktop`: in the desktop’s browser. `browser`: in the browser in which the user has the desktop open, after the user clicks the link in a notice; they see it with the user’s address and cookies.',
    read: 'text',
    type: '`desktop` or `browser`',
    variable: 'DESKPOD_LINKS_OPEN',
  }),
} as const;
