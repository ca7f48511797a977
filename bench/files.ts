/**
 * Files through the gateway, beside the same requests to the files service itself, by curl in turns; and through a bare pipe
 * of Node between two sockets, which no gateway in Node can be faster than.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoint } from '#domain/ports/engine.ts';
import { filesServer } from '../test/fakes/files-gateway.ts';
import { filesService, PASSWORD } from '../test/integration/files-kit.ts';
import type { Row } from './report.ts';

const MB = 1024 * 1024;
const SIZE_MB = 256;
/** Of the service's MB/s, 0.8. */
const GOAL = 1.25;
const TIMEOUT_MS = 120_000;
const run = promisify(execFile);

export async function files(runs: number): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const { endpoint } = stack.use(await filesService());
  const server = stack.use(await filesServer({ service: endpoint, password: PASSWORD }));
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-bench-'));
  stack.defer(() => rm(folder, { recursive: true }));
  const file = join(folder, 'file');
  await writeFile(file, randomBytes(SIZE_MB * MB));
  const ours = ['-b', server.cookie(), '-H', 'Sec-Fetch-Site: same-origin'];
  const peers = ['-u', `deskpod:${PASSWORD}`];
  const ourUrl = `${server.url}/files/ours`;
  const peerUrl = `http://${endpoint.host}:${endpoint.port}/peers`;
  const pipe = stack.use(await barePipe(endpoint));
  const pipeUrl = `http://127.0.0.1:${pipe.port}/peers`;
  const upload: Row = { what: `upload of ${SIZE_MB} MB`, peer: 'curl to lighttpd', ours: [], peers: [], goal: GOAL };
  const download: Row = {
    what: `download of ${SIZE_MB} MB`,
    peer: 'curl to lighttpd',
    ours: [],
    peers: [],
    goal: GOAL,
  };
  const pipedUpload: Row = { ...upload, what: 'the same upload through a bare pipe', ours: [], peers: upload.peers };
  const pipedDownload: Row = {
    ...download,
    what: 'the same download through a bare pipe',
    ours: [],
    peers: download.peers,
  };
  for (let turn = 0; turn < runs; turn += 1) {
    upload.ours.push(await curl(...ours, '-T', file, ourUrl));
    upload.peers.push(await curl(...peers, '-T', file, peerUrl));
    pipedUpload.ours.push(await curl(...peers, '-T', file, pipeUrl));
    download.ours.push(await curl(...ours, ourUrl));
    download.peers.push(await curl(...peers, peerUrl));
    pipedDownload.ours.push(await curl(...peers, pipeUrl));
  }
  return [upload, pipedUpload, download, pipedDownload];
}

async function barePipe({ host, port }: Endpoint): Promise<AsyncDisposable & { readonly port: number }> {
  const pipe = createServer((from) => {
    const to = connect({ host, port, noDelay: true });
    for (const socket of [from, to]) socket.on('error', () => [from, to].forEach((one) => one.destroy()));
    from.pipe(to).pipe(from);
  });
  await once(pipe.listen(0, '127.0.0.1'), 'listening');
  const address = pipe.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, [Symbol.asyncDispose]: async () => void pipe.close() };
}

/** In ms. */
async function curl(...args: readonly string[]): Promise<number> {
  const always = ['--silent', '--show-error', '--fail', '--output', '/dev/null', '--write-out', '%{time_total}'];
  const { stdout } = await run('curl', [...always, ...args], { timeout: TIMEOUT_MS });
  return Number(stdout) * 1000;
}
