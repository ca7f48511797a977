/** The web app manifest of one app, with which a browser installs its page (`/app/NAME`). Pure. */
import type { AppDocument } from '#protocol/manager.ts';
import { iconOf, iconUrl } from './icon.ts';
import { fileTypesOf } from './open-with.ts';

/** As in web/public/manifest.webmanifest. */
const BACKGROUND = '#12161d';

/** `path` is the prefix of all URLs, with a slash at both ends. */
export function appManifest(document: AppDocument, path: string): Readonly<Record<string, unknown>> {
  const page = `${path}app/${encodeURIComponent(document.name)}`;
  const [icon, url] = [iconOf(document), iconUrl(document)];
  // Only pictures without a size of their own fit every place.
  const own = icon?.type === 'image/svg+xml' && url !== null;
  return {
    id: page,
    name: document.displayname,
    short_name: document.displayname,
    start_url: page,
    scope: page,
    display: 'standalone',
    // Files that the user opens with it go to the page that is open already.
    launch_handler: { client_mode: ['focus-existing', 'auto'] },
    ...fileHandlers(document, page),
    background_color: BACKGROUND,
    theme_color: BACKGROUND,
    icons: own
      ? [{ src: `${path}${url.slice(1)}`, sizes: 'any', type: icon.type }]
      : [192, 512].map((size) => ({ src: `${path}icon-${size}.png`, sizes: `${size}x${size}`, type: 'image/png' })),
  };
}

/** What the system offers the installed page for; the page uploads the file and opens it in the app. */
function fileHandlers(document: AppDocument, page: string): Readonly<Record<string, unknown>> {
  const accept = Object.fromEntries(fileTypesOf(document));
  return Object.keys(accept).length === 0 ? {} : { file_handlers: [{ action: page, accept }] };
}
