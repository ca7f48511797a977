/** What a catalogue has to contain: the keys and parameters of the English one. */
import type { appStore } from './en/app-store.ts';
import type { debug } from './en/debug.ts';
import type { endOfLaunch } from './en/ends.ts';
import type { files } from './en/files.ts';
import type { home, homeSentence } from './en/home.ts';
import type { inspect } from './en/inspect.ts';
import type { prints } from './en/prints.ts';
import type { screens } from './en/screens.ts';
import type { open } from './en/open.ts';
import type { settings } from './en/settings.ts';
import type { en } from './en/strings.ts';
import type { tokens } from './en/tokens.ts';

type Translated<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: never[]) => unknown
      ? T[K]
      : Translated<T[K]>;
};

export type Strings = Translated<typeof en>;
/** The files of which a catalogue consists. */
export type AppStoreStrings = Translated<typeof appStore>;
export type DebugStrings = Translated<typeof debug>;
export type FilesStrings = Translated<typeof files>;
export type HomeStrings = Translated<typeof home>;
export type InspectStrings = Translated<typeof inspect>;
export type PrintStrings = Translated<typeof prints>;
export type ScreensStrings = Translated<typeof screens>;
export type OpenStrings = Translated<typeof open>;
export type SettingsStrings = Translated<typeof settings>;
export type TokenStrings = Translated<typeof tokens>;
export type EndOfLaunch = typeof endOfLaunch;
export type HomeSentence = typeof homeSentence;
