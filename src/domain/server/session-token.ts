/** The session token of a request: a bearer token or a cookie. */
import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import { bearerToken } from '#protocol/bearer.ts';
import { SESSION_COOKIE } from '#protocol/user.ts';

/** The cookie of the ticket for files, beside the session's cookie. */
export function filesCookie(sessionCookie: string): string {
  return `${sessionCookie}_files`;
}

/** `cookieName` is the cookie of this installation; older servers used one name for all. */
export function sessionToken(headers: IncomingHttpHeaders, cookieName: string): string | null {
  const cookies = parse(headers.cookie ?? '', '; ');
  const cookie = cookies[cookieName] ?? cookies[SESSION_COOKIE];
  return bearerToken(headers.authorization) ?? (typeof cookie === 'string' ? cookie : null);
}
