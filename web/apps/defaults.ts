/** The user's default apps (preference `openWith`), as the settings list them. Pure. */
import type { App } from '#protocol/app.ts';
import { appsForKind } from '#protocol/open.ts';

export interface DefaultApp {
  /** As in `OpenKind`. */
  readonly kind: string;
  /** An id of an app, which may be gone. */
  readonly app: string;
  /** Null if the app is gone, or no longer opens this kind. */
  readonly displayName: string | null;
  /** What the user can choose instead, besides `app`. */
  readonly others: readonly { readonly id: string; readonly displayName: string }[];
}

type Listed = Pick<App, 'id' | 'displayName' | 'opens' | 'opensByDefault' | 'availability'>;

/** Folders and links first, then extensions by name. */
export function defaultApps(openWith: Readonly<Record<string, string>>, apps: readonly Listed[]): DefaultApp[] {
  return Object.entries(openWith)
    .map(([kind, app]) => {
      const able = appsForKind(apps, kind, openWith);
      return {
        kind,
        app,
        displayName: able.find(({ id }) => id === app)?.displayName ?? null,
        others: able.filter(({ id }) => id !== app).map(({ id, displayName }) => ({ id, displayName })),
      };
    })
    .toSorted((a, b) => rank(a.kind) - rank(b.kind) || (a.kind < b.kind ? -1 : 1));
}

/** `app` null: no default any longer. */
export function withDefault(
  openWith: Readonly<Record<string, string>>,
  kind: string,
  app: string | null,
): Record<string, string> {
  const others = Object.entries(openWith).filter(([one]) => one !== kind);
  return Object.fromEntries(app === null ? others : [...others, [kind, app]]);
}

/** Of an app that is gone: the last part of its id, without the tag. */
export function lastName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replace(/[:@].*$/, '');
}

function rank(kind: string): number {
  return kind.startsWith('.') ? 1 : 0;
}
