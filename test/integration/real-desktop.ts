/** A real Xvnc with a real window manager for tests, from this machine's own packages. Not a test itself. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newCredentials, vncPasswordFile } from '#engines/containers/secrets.ts';

const WINDOW_MANAGERS = ['icewm', 'openbox'];

/** Why the tests cannot run here, or false. */
export const missing = ((): string | false => {
  const absent = ['Xvnc', 'xterm', 'xclip', 'xprop', 'xwininfo', 'xsetroot'].filter((command) => !installed(command));
  if (!WINDOW_MANAGERS.some(installed)) absent.push(WINDOW_MANAGERS.join(' or '));
  return absent.length > 0 && `not installed here: ${absent.join(', ')}`;
})();

export interface RealDesktop extends AsyncDisposable {
  readonly xCookie: string;
  readonly vncPassword: string;
  readonly connectDisplay: () => Promise<Socket>;
  readonly connectScreen: () => Promise<Socket>;
  /** Starts an X client; ended with the desktop. */
  start(command: readonly string[], input?: string): ChildProcess;
  /** Runs an X client to its end; what it printed. */
  output(command: readonly string[]): Promise<string>;
  startWindowManager(): ChildProcess;
  killServer(): void;
}

/** Xvnc without a window manager; `waitForWindowManager` is a test of its own. */
export async function startDesktop(): Promise<RealDesktop> {
  const folder = await mkdtemp(join(tmpdir(), 'deskpod-x-'));
  const { xCookie, vncPassword } = newCredentials();
  const authority = join(folder, 'Xauthority');
  const password = join(folder, 'vncpasswd');
  const screen = join(folder, 'rfb.sock');
  await writeFile(authority, cookieFile(xCookie));
  await writeFile(password, vncPasswordFile(vncPassword), { mode: 0o600 });
  const server = spawn(
    'Xvnc',
    [
      ['-displayfd', '3', '-auth', authority, '-geometry', '1000x700', '-depth', '24', '-nolisten', 'tcp'],
      [
        '-SecurityTypes',
        'VncAuth',
        '-rfbauth',
        password,
        '-rfbport',
        '-1',
        '-rfbunixpath',
        screen,
        '-AcceptSetDesktopSize',
      ],
    ].flat(),
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const display = await displayNumber(server);
  const children = new Set<ChildProcess>([server]);
  const env = { ...process.env, DISPLAY: `:${display}`, XAUTHORITY: authority, HOME: folder };
  const start = (command: readonly string[], input?: string): ChildProcess => {
    const [program = '', ...args] = command;
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  return {
    xCookie,
    vncPassword,
    connectDisplay: () => open(`/tmp/.X11-unix/X${display}`),
    connectScreen: () => open(screen),
    start,
    output: async (command) => {
      const child = start(command);
      let text = '';
      child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
      await once(child, 'close', { signal: AbortSignal.timeout(10_000) });
      return text;
    },
    startWindowManager: () => start([WINDOW_MANAGERS.find(installed) ?? '']),
    killServer: () => server.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill(child === server ? 'SIGTERM' : 'SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function installed(command: string): boolean {
  return spawnSync('which', [command]).status === 0;
}

/** Any address, any display. */
function cookieFile(xCookie: string): Buffer {
  const name = 'MIT-MAGIC-COOKIE-1';
  return Buffer.concat([
    Buffer.from([0xff, 0xff, 0, 0, 0, 0, 0, name.length]),
    Buffer.from(name),
    Buffer.from([0, 16]),
    Buffer.from(xCookie, 'hex'),
  ]);
}

async function displayNumber(server: ChildProcess): Promise<number> {
  const pipe = server.stdio[3];
  if (!pipe) throw new Error('Xvnc has no display pipe');
  const [text] = await once(pipe, 'data', { signal: AbortSignal.timeout(10_000) });
  return Number.parseInt(String(text), 10);
}

async function open(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}

/** Resolves when `ask` is true of what `listen` tells, at most after 10 s. */
export function until<T>(
  what: string,
  listen: (tell: (value: T) => void) => () => void,
  ask: (value: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Error(`in vain: ${what}`))), 10_000);
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stop();
      settle();
    };
    const stop = listen((value) => {
      if (ask(value)) finish(() => resolve(value));
    });
  });
}
