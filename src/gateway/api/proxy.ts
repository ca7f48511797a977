/**
 * Forwards requests to the API and streams both ways. The forwarding headers are verified already (trusted-proxies.ts);
 * the proxy adds the token that proves it.
 */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createProxyServer } from 'httpxy';
import { DeskpodError } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';
import { ERROR_STATUS, RETRY_AFTER_SECONDS } from '#protocol/errors.ts';
import { GATEWAY_HEADER } from '#protocol/forwarding.ts';
import type { Affinity } from './affinity.ts';
import { ReplicaAgents } from './agent.ts';
import type { ApiReplicas } from './replicas.ts';

const MOST_TRIES = 3;
/** Hop-by-hop headers (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = ['keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'trailer', 'upgrade', 'expect'];

export interface ApiProxyOptions {
  readonly replicas: ApiReplicas;
  readonly affinity: Affinity;
  /** Authenticates gateways to the API. */
  readonly token: string;
  readonly failed: (what: string, error: unknown) => void;
}

export interface ApiProxy {
  /** Owns both; resolves at the end of the response, and never rejects. */
  request(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Owns the socket; rejects while a refusal can still be sent. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** For the request line. */
  userOf(request: IncomingMessage): string | null;
  close(): void;
}

export function createApiProxy({ replicas, affinity, token, failed }: ApiProxyOptions): ApiProxy {
  const agents = new ReplicaAgents(replicas);
  const users = new WeakMap<IncomingMessage, string | null>();
  const proxy = createProxyServer({ proxyTimeout: 0 });
  proxy.on('proxyRes', (answer: IncomingMessage) => {
    delete answer.headers['keep-alive'];
    delete answer.headers.connection;
  });

  async function orderFor(request: IncomingMessage): Promise<readonly string[]> {
    const { userId, key } = await affinity.callerOf(request.headers);
    users.set(request, userId);
    return await replicas.ranked(key);
  }

  return {
    async request(request, response) {
      const again = isRepeatable(request);
      passOnly(request.headers, token);
      try {
        for (let left = again ? MOST_TRIES : 1; ; left -= 1) {
          const agent = agents.for(await orderFor(request));
          const target = { protocol: 'http:', host: replicas.name, port: replicas.port };
          const failure = await proxy.web(request, response, { target, agent }).then(
            () => null,
            (error: unknown) => ({ error }),
          );
          if (failure === null || response.headersSent || response.destroyed) return;
          if (left <= 1 || failure.error instanceof DeskpodError) throw failure.error;
        }
      } catch (error) {
        failed(`passing ${request.method} ${(request.url ?? '').replace(/\?.*$/, '')} on`, error);
        answer(response, error);
      }
    },
    async upgrade(request, socket, head) {
      const order = await orderFor(request);
      const gone = new AbortController();
      socket.once('close', () => gone.abort());
      const upstream = await replicas.connect(order, gone.signal).catch((error: unknown) => {
        if (gone.signal.aborted) return null;
        throw error;
      });
      if (upstream === null) return;
      request.headers[GATEWAY_HEADER] = token;
      upstream.write(headOf(request), 'latin1');
      upstream.write(head);
      // The response, also a refusal, is passed on unchanged.
      await pipeline(socket, upstream, socket).catch(ignore('one side closed the connection'));
      socket.destroy();
      upstream.destroy();
    },
    userOf: (request) => users.get(request) ?? null,
    close: () => agents.destroy(),
  };
}

/** A request without a body can be repeated if the connection breaks before the response starts. */
function isRepeatable({ headers, method }: IncomingMessage): boolean {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  return !hasBody && (method === 'GET' || method === 'HEAD' || method === 'DELETE' || method === 'OPTIONS');
}

function passOnly(headers: IncomingHttpHeaders, token: string): void {
  const named = (headers.connection ?? '').toLowerCase().split(',');
  const closes = named.some((name) => name.trim() === 'close');
  for (const name of [...HOP_BY_HOP, ...named.map((name) => name.trim())]) delete headers[name];
  delete headers.connection;
  if (closes) headers.connection = 'close';
  headers[GATEWAY_HEADER] = token;
}

/** The head of the request, with its current headers. */
function headOf({ method, url, headers }: IncomingMessage): string {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${one}\r\n`),
  );
  return `${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** 502 if the replica broke off; otherwise the status of the failure, 503 if no replica accepted the request. */
function answer(response: ServerResponse, error: unknown): void {
  const known =
    error instanceof DeskpodError
      ? error
      : new DeskpodError('engine_unavailable', 'The server behind this gateway disconnected.', {
          remedy: 'Try again in a moment.',
          cause: error,
        });
  response.writeHead(known === error ? ERROR_STATUS[known.code] : 502, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': String(RETRY_AFTER_SECONDS),
  });
  response.end(JSON.stringify(known.toBody()));
}
