/** Settings for the appearance and language of desktops; part of `settings.ts`. */
import { z } from 'zod';
import { FACTS } from './facts.ts';
import { FontSet } from '../domain/desktops/fonts.ts';
import { text } from './kinds.ts';

const Language = z.string().regex(/^[a-z]{2,3}$/, 'is not a language such as de or pt');

export const REGION_SETTINGS = {
  'desktop.languages': z.array(Language).default([]).register(FACTS, {
    text: 'Languages that the programs in Deskpod’s images are translated into, for example `de, fr`. Translations are part of the images, so changing this rebuilds them. On Kubernetes, list the languages that the images in the registry were built with (`npm run images -- --languages de,fr`).',
    read: 'list',
    type: 'list of languages',
    variable: 'DESKPOD_LANGUAGES',
    option: 'languages',
  }),
  'desktop.fonts': z.array(FontSet).default([]).register(FACTS, {
    text: 'More fonts for Deskpod’s images of desktops and graphical apps: `cjk` (Chinese, Japanese and Korean), `arabic`, `emoji`, from the Noto family. They are part of the images, so changing this rebuilds them. On Kubernetes, build the images with them (`npm run images -- --fonts cjk,emoji`).',
    read: 'list',
    type: 'list of `cjk`, `arabic`, `emoji`',
    variable: 'DESKPOD_FONTS',
    option: 'fonts',
  }),
  'desktop.wallpapers': text().optional().register(FACTS, {
    text: 'Folder with pictures (PNG, JPEG) for `SET_DEFAULT_WALLPAPER` in `desktop.env`, in addition to `bloom.png`, `ridge.png` and `tide.png`, which come with Deskpod. The files must be readable by all users. On Kubernetes, use the ConfigMap `deskpod-wallpapers` instead.',
    read: 'path',
    type: 'path',
    fallback: '`wallpapers` in `dataDir`',
    variable: 'DESKPOD_WALLPAPERS',
  }),
} as const;
