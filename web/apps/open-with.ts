/** Opens files and links: in the app for them, in one that the user chooses, or as a link in this browser. */
import type { App } from '#protocol/app.ts';
import { appsForKind, kindOf, type OpenRequest, type OpenResult } from '#protocol/open.ts';
import { effect, signal, untracked } from '@preact/signals';
import { layers, openLayer } from '../layers/layers.ts';
import { api } from '../state/api.ts';
import { linkNotice } from '../state/link-notices.ts';
import { attempt, show } from '../state/notices.ts';
import { changePreferences } from '../state/preferences.ts';
import { apps, openRequest, preferences } from '../state/store.ts';
import { t } from '../ui/strings/catalogue.ts';
import { learn } from './actions.ts';

export type AppForFile = Pick<App, 'id' | 'name' | 'displayName' | 'iconUrl'>;

/** A longer one isn't shown in full. */
const SHOWN_CHARACTERS = 200;

/** Questions that wait for the one before; the oldest are dropped. */
const MOST_CHOICES = 20;

const choices = signal<readonly { readonly request: OpenRequest; readonly apps: readonly string[] }[]>([]);

let links = 0;

/** Opens a file or, if the path ends with a slash, a folder. `path` is relative to the home folder. */
export async function openFile(path: string): Promise<void> {
  await open({ path });
}

/** The apps that open this file, best first. */
export function appsFor(path: string): readonly AppForFile[] {
  return appsForKind(apps.value, kindOf({ path }), preferences.value.openWith);
}

/** Opens it with this app; `always` makes the app the default for all files and links of this kind. */
export async function openWith(request: OpenRequest, app: string, always: boolean): Promise<void> {
  if (always) changePreferences({ openWith: { ...preferences.value.openWith, [kindOf(request)]: app } });
  await open({ ...request, app });
}

async function open(request: OpenRequest): Promise<void> {
  await attempt(async () => answer(request, await api.desktop.open(request)));
}

function answer(request: OpenRequest, result: OpenResult): void {
  switch (result.open) {
    case 'app':
      return learn(result.launch);
    case 'choose':
      choices.value = [...choices.value, { request, apps: result.apps }].slice(-MOST_CHOICES);
      return;
    case 'browser':
      return offerLink(result.url);
    default:
      return result satisfies never;
  }
}

function offerLink(url: string): void {
  links += 1;
  const shown = url.length > SHOWN_CHARACTERS ? `${url.slice(0, SHOWN_CHARACTERS)}…` : url;
  show(linkNotice(links, url, t.openWith.link(shown), new Date()));
}

/** Answers what programs in the desktop ask for, and asks the user, one question at a time. Returns a function that stops it. */
export function answerOpenRequests(): () => void {
  const stops = [
    effect(() => {
      const asked = openRequest.value;
      if (asked === null) return;
      openRequest.value = null;
      untracked(() => answer(asked.request, asked.result));
    }),
    effect(() => {
      if (choices.value.length === 0 || layers.value.some(({ kind }) => kind === 'open-with')) return undefined;
      // Once the dialog of before is gone and has returned the focus.
      const timer = setTimeout(ask);
      return () => clearTimeout(timer);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    choices.value = [];
  };
}

function ask(): void {
  const [next, ...others] = choices.value;
  choices.value = others;
  if (next !== undefined) openLayer({ kind: 'open-with', ...next });
}
