/** Settings for debug sessions: who may start them, with which profiles and images, for how long; part of `settings.ts`. */
import { z } from 'zod';
import { DebugProfile } from '../protocol/debug.ts';
import type { Config } from './config.ts';
import { FACTS } from './facts.ts';
import { text } from './kinds.ts';

const Profiles = z.array(DebugProfile);
const ForAdministrators = z.array(z.enum([...DebugProfile.options, 'custom']));
const SECONDS_OF_A_DAY = 86_400;

export const DEBUG_SETTINGS = {
  'debug.own': z.boolean().optional().register(FACTS, {
    text: 'Whether users can start toolboxes in their own apps and desktops, and create copies of their launches. Administrators always can.',
    read: 'switch',
    type: 'true or false',
    fallback: 'true on one machine, false on Kubernetes',
    variable: 'DESKPOD_DEBUG_OWN',
  }),
  'debug.profiles': z
    .strictObject({
      user: Profiles.default(['restricted']),
      support: Profiles.default(['restricted']),
      // The others, and custom specs, can give full access to the machine.
      admin: ForAdministrators.default(['restricted', 'baseline', 'general']),
    })
    .prefault({})
    .register(FACTS, {
      text: 'Profiles of `kubectl debug` that each role can use: `restricted`, `baseline`, `general`, `netadmin`, `sysadmin`. The engine or the namespace can rule out some of them. `sysadmin`, and `custom` (for `admin`: container specs of one’s own, `--custom`), give full access to the machine or node.',
      read: 'json',
      type: 'map of `user`, `support` and `admin` to lists of profiles',
      fallback: 'users and support: `restricted`; administrators: `restricted`, `baseline`, `general`',
    }),
  'debug.images': z.array(text()).min(1).optional().register(FACTS, {
    text: 'Images that toolboxes can use. The first one is the default. Copies can also use the images of the catalogue and that of the original.',
    read: 'list',
    type: 'list of images',
    fallback: 'Deskpod’s own `toolbox` and `toolbox-large`',
    variable: 'DESKPOD_DEBUG_IMAGES',
  }),
  'debug.ttlSeconds': z.int().min(10).max(SECONDS_OF_A_DAY).default(3600).register(FACTS, {
    text: 'How long a debug session lasts. Its users are warned two minutes before the end and can extend it.',
    read: 'number',
    type: 'seconds, 10 to 86400',
    variable: 'DESKPOD_DEBUG_TTL',
  }),
  'debug.approvableSeconds': z.int().min(0).max(SECONDS_OF_A_DAY).default(60).register(FACTS, {
    text: 'How long support must wait for the user’s consent before an administrator can approve the request instead.',
    read: 'number',
    type: 'seconds, 0 to 86400',
  }),
  'debug.unansweredSeconds': z.int().min(1).max(SECONDS_OF_A_DAY).default(600).register(FACTS, {
    text: 'How long a request for consent stays open without an answer.',
    read: 'number',
    type: 'seconds, 1 to 86400',
  }),
  'debug.keepDays': z.int().min(0).max(3650).default(90).register(FACTS, {
    text: 'How long ended debug sessions are kept, with their recordings.',
    read: 'number',
    type: 'days, 0 to 3650',
    variable: 'DESKPOD_DEBUG_KEEP_DAYS',
  }),
};

const Given = z.object(DEBUG_SETTINGS);

export function debugOf(
  values: z.output<typeof Given> & { readonly 'engine.kind': Config['engine']['kind'] },
  ownImage: (name: string) => string,
): Config['debug'] {
  return {
    own: values['debug.own'] ?? values['engine.kind'] !== 'kubernetes',
    profiles: values['debug.profiles'],
    images: values['debug.images'] ?? [ownImage('toolbox'), ownImage('toolbox-large')],
    ttlSeconds: values['debug.ttlSeconds'],
    approvableSeconds: values['debug.approvableSeconds'],
    unansweredSeconds: values['debug.unansweredSeconds'],
    keepDays: values['debug.keepDays'],
  };
}
