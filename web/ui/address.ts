/** Addresses of the server, all below the page's base: `/`, or a path such as `/desk/` that a proxy keeps for us. */
import { addressBelow, socketBelow } from './below.ts';

export const address = (path: string): URL => addressBelow(document.baseURI, path);

export const socketAddress = (path: string): URL => socketBelow(document.baseURI, path);
