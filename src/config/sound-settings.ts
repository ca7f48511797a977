/** Settings for the sound of desktops; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';

export const SOUND_SETTINGS = {
  'sound.output': z.boolean().default(true).register(FACTS, {
    text: 'Whether users hear what the programs of their desktops play.',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_SOUND_OUTPUT',
  }),
  'sound.microphone': z.boolean().default(true).register(FACTS, {
    text: 'Whether the programs of a desktop can record the microphone of the browser. The browser asks its user first.',
    read: 'switch',
    type: '`true` or `false`',
    variable: 'DESKPOD_SOUND_MICROPHONE',
  }),
} as const;
