/** A command line for tests: captured streams, a home folder of its own, and a server that records requests. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { run } from '#cli/program.ts';
import { piecesOf } from '#protocol/terminal-flow.ts';

/** A finished launch as returned by the server. */
export const LAUNCH = {
  id: 'hermes-app-paint-4dd6f',
  userId: 'hermes',
  desktopId: 'hermes-db906',
  appId: 'apps/paint:1',
  appName: 'paint',
  runtime: 'pod_application',
  status: { state: 'finished', reason: 'error', exitCode: 1, finishedAt: '2026-01-02T03:05:00.000Z', message: null },
  startedAt: '2026-01-02T03:04:05.000Z',
  windowMs: null,
  limits: {},
  image: 'apps/paint:1',
  imageDigest: null,
  args: [],
};

export interface Heard {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface Answers {
  /** By `METHOD path`: a JSON response, or a function that responds itself; by `UPGRADE path`: a refusal. */
  readonly [request: string]: unknown;
}

/** Responds with 404 to everything else. */
export async function recordingServer(
  context: TestContext,
  answers: Answers,
  terminal?: (socket: WebSocket, url: string) => void,
) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => void answer(request, response, answers, heard));
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    heard.push({ method: 'UPGRADE', url: request.url ?? '', authorization: request.headers.authorization, body: '' });
    const refusal = answers[`UPGRADE ${request.url?.split('?')[0] ?? ''}`];
    if (refusal !== undefined) socket.end(refusedUpgrade(JSON.stringify(refusal)));
    else if (terminal === undefined) socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    else sockets.handleUpgrade(request, socket, head, (ws) => terminal(ws, request.url ?? ''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return { address: `http://127.0.0.1:${port}`, heard };
}

function refusedUpgrade(body: string): string {
  const head = ['HTTP/1.1 409 Conflict', 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  answers: Answers,
  heard: Heard[],
): Promise<void> {
  const { method = '', url = '', headers } = request;
  heard.push({ method, url, authorization: headers.authorization, body: await text(request) });
  const found = answers[`${method} ${url.split('?')[0] ?? ''}`];
  if (typeof found === 'function') {
    found(response);
    return;
  }
  const missing = { error: { code: 'not_found', message: 'There is no such thing.', remedy: 'Look again.' } };
  response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found ?? missing));
}

export interface CommandLine {
  readonly home: string;
  /** Runs a command; `input` is its standard input: text in a pipe, or the keys of a terminal. */
  readonly deskpod: (
    args: readonly string[],
    input?: string | PassThrough,
    stdout?: PassThrough,
  ) => Promise<{ code: number; out: string; err: string }>;
  readonly interrupt: () => void;
}

export async function commandLine(context: TestContext): Promise<CommandLine> {
  const home = await mkdtemp(join(tmpdir(), 'deskpod-cli-'));
  context.after(async () => await rm(home, { recursive: true }));
  const interruption = new AbortController();
  return {
    home,
    interrupt: () => interruption.abort(new Error('Interrupted.')),
    deskpod: async (args, input = '', stdout = new PassThrough()) => {
      const stderr = new PassThrough();
      const kept = Promise.all([text(stdout), text(stderr)]);
      const typed = typeof input !== 'string';
      const stdin = typed
        ? Object.assign(input, { isTTY: true, setRawMode: () => undefined })
        : Readable.from(piecesOf(Buffer.from(input)), { objectMode: false });
      if (typed) Object.assign(stdout, { isTTY: true, columns: 100, rows: 30 });
      const code = await run(args, { stdin, stdout, stderr, interrupted: interruption.signal, home });
      stdout.end();
      stderr.end();
      const [out, err] = await kept;
      return { code, out, err };
    },
  };
}

/** A command line whose commands talk to a recording server. */
export async function deskpodAt(
  context: TestContext,
  answers: Answers,
  terminal?: Parameters<typeof recordingServer>[2],
) {
  const { address, heard } = await recordingServer(context, answers, terminal);
  const { deskpod, home, interrupt } = await commandLine(context);
  /** Puts the connection options last, but before the arguments of the command in the target. */
  const run = (args: readonly string[], input?: string | PassThrough) => {
    const end = args.includes('--') ? args.indexOf('--') : args.length;
    return deskpod([...args.slice(0, end), '--server', address, '--token', 't', ...args.slice(end)], input);
  };
  return { run, heard, home, interrupt };
}

/** The body of the first POST. */
export function bodyOf(heard: readonly { method: string; body: string }[]): unknown {
  return JSON.parse(heard.find(({ method }) => method === 'POST')?.body ?? 'null');
}
