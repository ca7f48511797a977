/** The ticket of a request: a subprotocol, or at the compatible address its query or a header. */
import type { IncomingMessage } from 'node:http';
import { bearerToken } from '#protocol/bearer.ts';
import { TICKET_PROTOCOL_PREFIX, WEBSOCKIFY_PATH } from '#protocol/screen.ts';
import { urlOf } from './upgrade.ts';

const MAX_TICKET_CHARACTERS = 12_000;

/** Null if there is none, or if it is too long. */
export function ticketOf(request: IncomingMessage): string | null {
  const url = urlOf(request);
  const ticket = fromProtocols(request) ?? (url.pathname === WEBSOCKIFY_PATH ? compatible(request, url) : null);
  return ticket && ticket.length <= MAX_TICKET_CHARACTERS ? ticket : null;
}

function fromProtocols(request: IncomingMessage): string | null {
  const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  const ticket = offered.find((name) => name.startsWith(TICKET_PROTOCOL_PREFIX));
  return ticket?.slice(TICKET_PROTOCOL_PREFIX.length) ?? null;
}

/** `?jwt_token=…`, `?…`, or a token in `ABCAuthorization` or `Authorization`, with or without `Bearer`. */
function compatible(request: IncomingMessage, url: URL): string | null {
  const inQuery = url.searchParams.get('jwt_token') ?? url.search.slice(1);
  if (inQuery !== '') return inQuery;
  const header = request.headers['abcauthorization'] ?? request.headers.authorization;
  return bearerToken(header) ?? (typeof header === 'string' ? header : null);
}
