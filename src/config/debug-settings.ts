/** The settings of looking into what runs: who may, with which rights and images, for how long; part of `settings.ts`. */
import { z } from 'zod';
import { DebugProfile } from '../protocol/debug.ts';
import type { Config } from './config.ts';
import { FACTS } from './facts.ts';
import { text } from './kinds.ts';

const Profiles = z.array(DebugProfile);
const SECONDS_OF_A_DAY = 86_400;

export const DEBUG_SETTINGS = {
  'debug.own': z.boolean().optional().register(FACTS, {
    text: 'Whether people may put toolboxes into their own apps and desktops and make copies of their launches. Administrators may anyway.',
    read: 'switch',
    type: 'true or false',
    fallback: 'true on one machine, false on Kubernetes',
    variable: 'DESKPOD_DEBUG_OWN',
  }),
  'debug.profiles': z
    .strictObject({
      user: Profiles.default(['restricted']),
      support: Profiles.default(['restricted']),
      admin: Profiles.default([...DebugProfile.options]),
    })
    .prefault({})
    .register(FACTS, {
      text: 'The profiles of `kubectl debug` that each role is offered: `restricted`, `baseline`, `general`, `netadmin`, `sysadmin`. Of these, only what the engine or the namespace admits can be had.',
      read: 'json',
      type: 'map of `user`, `support` and `admin` to lists of profiles',
      fallback: 'users and support: `restricted`; administrators: all',
    }),
  'debug.images': z.array(text()).min(1).optional().register(FACTS, {
    text: 'Images that toolboxes are made from, and no others; the first one when nobody says which. Copies take these, images of the catalogue, and that of the original.',
    read: 'list',
    type: 'list of images',
    fallback: 'our `toolbox` and `toolbox-large`',
    variable: 'DESKPOD_DEBUG_IMAGES',
  }),
  'debug.ttlSeconds': z.int().min(10).max(SECONDS_OF_A_DAY).default(3600).register(FACTS, {
    text: 'How long a debug session lasts. Whoever is in it is warned two minutes before, and can begin its time anew.',
    read: 'number',
    type: 'seconds, 10 to 86400',
    variable: 'DESKPOD_DEBUG_TTL',
  }),
  'debug.approvableSeconds': z.int().min(0).max(SECONDS_OF_A_DAY).default(60).register(FACTS, {
    text: 'How long support waits for a person’s consent before an administrator may agree in their place.',
    read: 'number',
    type: 'seconds, 0 to 86400',
  }),
  'debug.unansweredSeconds': z.int().min(1).max(SECONDS_OF_A_DAY).default(600).register(FACTS, {
    text: 'After this, a question for consent that nobody answered is over.',
    read: 'number',
    type: 'seconds, 1 to 86400',
  }),
  'debug.keepDays': z.int().min(0).max(3650).default(90).register(FACTS, {
    text: 'How long ended debug sessions are kept with their recordings.',
    read: 'number',
    type: 'days, 0 to 3650',
    variable: 'DESKPOD_DEBUG_KEEP_DAYS',
  }),
};

const Given = z.object(DEBUG_SETTINGS);

export function debugOf(
  values: z.output<typeof Given> & {
    readonly 'engine.kind': Config['engine']['kind'];
    readonly 'kubernetes.registry': string;
    readonly 'kubernetes.tag': string;
  },
): Config['debug'] {
  const cluster = values['engine.kind'] === 'kubernetes';
  const image = (name: string): string =>
    cluster ? `${values['kubernetes.registry']}/${name}:${values['kubernetes.tag']}` : `localhost/deskpod/${name}:1`;
  return {
    own: values['debug.own'] ?? !cluster,
    profiles: values['debug.profiles'],
    images: values['debug.images'] ?? [image('toolbox'), image('toolbox-large')],
    ttlSeconds: values['debug.ttlSeconds'],
    approvableSeconds: values['debug.approvableSeconds'],
    unansweredSeconds: values['debug.unansweredSeconds'],
    keepDays: values['debug.keepDays'],
  };
}
