/** URLs of the server, relative to the page's base: `/`, or a path such as `/desk/` behind a proxy. */
import { relativeUrl, relativeSocketUrl } from './relative-url.ts';

export const serverUrl = (path: string): URL => relativeUrl(document.baseURI, path);

export const socketUrl = (path: string): URL => relativeSocketUrl(document.baseURI, path);
