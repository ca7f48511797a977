/** What a gateway says to the api role about the request that it passes on, beside `X-Forwarded-For`, `-Proto` and `-Host`. */

/** Proves that a gateway of this installation says it. */
export const GATEWAY_HEADER = 'x-deskpod-gateway';
/** Somebody who is not trusted said for whom they forward: nobody knows who the client is. */
export const UNKNOWN_CLIENT_HEADER = 'x-deskpod-unknown-client';
