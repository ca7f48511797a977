/** Settings for installing apps; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';

export const APP_SETTINGS = {
  'apps.install': z.enum(['administrators', 'everybody']).default('administrators').register(FACTS, {
    text: 'Who can install apps from the app store. `everybody`: all users who may use the app, except guests. What is installed is there for all whom the app’s `oc.acl` permits. Users can update and remove only what they installed themselves; administrators, everything.',
    read: 'text',
    type: '`administrators` or `everybody`',
    variable: 'DESKPOD_APPS_INSTALL',
  }),
  'apps.perUser': z.int().min(1).max(1000).default(5).register(FACTS, {
    text: 'How many apps a user who isn’t an administrator can have installed.',
    read: 'number',
    type: 'number, 1 to 1000',
  }),
  'apps.installingPerUser': z.int().min(1).max(20).default(1).register(FACTS, {
    text: 'How many apps a user who isn’t an administrator can install at the same time.',
    read: 'number',
    type: 'number, 1 to 20',
  }),
} as const;
