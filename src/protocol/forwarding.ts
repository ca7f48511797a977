/** Headers of a gateway's requests to the api role, in addition to `X-Forwarded-For`, `-Proto` and `-Host`. */

/** Proves that a gateway of this installation sent the request. */
export const GATEWAY_HEADER = 'x-deskpod-gateway';
/** The client is unknown; the value is the setting that would make it known. */
export const UNKNOWN_CLIENT_HEADER = 'x-deskpod-unknown-client';
/** The scheme that a page of this server must have; absent if only a proxy knows it. */
export const PAGE_SCHEME_HEADER = 'x-deskpod-page-scheme';
/** The user id of the local program that sent the request; absent for others. */
export const LOCAL_USER_HEADER = 'x-deskpod-local-user';
