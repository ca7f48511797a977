/**
 * A PostgreSQL server for tests, from Debian's packages: in a folder under /tmp, on loopback, as an unprivileged user.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';

/** The user is `nobody`, because the server refuses to run as root. */
const UNPRIVILEGED = 65_534;
const USER = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};
const PASSWORD = 'Good news, everyone';

export interface PostgresCluster extends AsyncDisposable {
  /** The server's self-signed certificate. */
  readonly certificate: string;
  /** Creates an empty database and returns its URL. */
  database(): Promise<string>;
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The folder of the newest installed version. */
export function postgresBinaries(): string | null {
  const found = globSync('/usr/lib/postgresql/*/bin/initdb').toSorted((a, b) => versionOf(a) - versionOf(b));
  const newest = found.at(-1);
  return newest === undefined ? null : dirname(newest);
}

export async function startPostgres(binaries: string): Promise<PostgresCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-postgres-'));
  if (USER.uid !== undefined) await chown(folder, USER.uid, USER.gid);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  const certificate = join(folder, 'server.crt');
  const key = join(folder, 'server.key');
  const port = await freePort();
  await writeFile(passwordFile, PASSWORD);
  const who = `--username deskpod --auth-host scram-sha-256 --auth-local trust --pwfile ${passwordFile}`;
  await run(join(binaries, 'initdb'), words(`--pgdata ${data} --encoding UTF8 --locale C.UTF-8 --no-sync ${who}`));
  const name = '-subj /CN=localhost -addext subjectAltName=DNS:localhost';
  await run('openssl', words(`req -x509 -newkey rsa:2048 -nodes -days 2 ${name} -keyout ${key} -out ${certificate}`));
  const listens = `-c port=${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  const settings = `${listens} -c ssl=on -c ssl_cert_file=${certificate} -c ssl_key_file=${key}`;
  const control = (...args: string[]) => run(join(binaries, 'pg_ctl'), ['--pgdata', data, '--wait', ...args]);
  const start = () => control('--log', join(folder, 'log'), '--options', settings, 'start');
  const stop = () => control('--mode', 'fast', 'stop');
  const url = (database: string) => `postgres://deskpod:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  try {
    await start();
  } catch (error) {
    throw new Error(await readFile(join(folder, 'log'), 'utf8').catch(() => 'no log'), { cause: error });
  }
  return {
    certificate,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
    async database() {
      const name = `d${randomBytes(6).toString('hex')}`;
      await query(url('postgres'), `create database ${name}`);
      return url(name);
    },
    async [Symbol.asyncDispose]() {
      await control('--mode', 'immediate', 'stop').catch(() => {});
      await rm(folder, { recursive: true });
    },
  };
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

/** No path here contains a space. */
function words(line: string): string[] {
  return line.split(' ');
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore', cwd: '/', ...USER });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

function versionOf(path: string): number {
  return Number(path.split('/')[4]);
}
