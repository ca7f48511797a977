/** The same things done with the engine's own command line, on the same store, with the same options that matter. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chown, cp, mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import type { DesktopFacts } from './desktop-facts.ts';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;
const CONFINED = [
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--read-only',
  '--tmpfs=/tmp:mode=1777',
  '--tmpfs=/run:mode=0755',
];

/** The image's own command, but Xvnc keeps the frame rate that it has without options. */
const WITHOUT_FRAME_RATE = [
  'bash',
  '-c',
  "sed 's/-FrameRate [0-9]*//' /usr/local/bin/supervise >/tmp/supervise && exec bash /tmp/supervise",
];

export interface PeerDesktop {
  /** From nothing to the first bytes of its screen. */
  readonly ms: number;
  readonly name: string;
  /** Has the sockets `rfb/rfb.sock` and `x11/X0`. */
  readonly root: string;
  end(): Promise<void>;
}

export class Peer {
  readonly #options: DesktopFacts;
  /** With which `podman` finds the product's store. */
  readonly environment: NodeJS.ProcessEnv;
  /** By all of this process: names are unique. */
  static #made = 0;
  #address = '';

  constructor(options: DesktopFacts) {
    this.#options = options;
    const engine = join(options.runDir, 'engine');
    const conf = {
      CONTAINERS_CONF: join(engine, 'containers.conf'),
      CONTAINERS_STORAGE_CONF: join(engine, 'storage.conf'),
    };
    this.environment = { ...process.env, ...conf };
  }

  async podman(...args: string[]): Promise<string> {
    return (await run('podman', args, { env: this.environment })).stdout.trim();
  }

  /** A network and a desktop container; resolves with the first bytes of its screen. */
  async desktop({ geometry = '1280x800', hasOurFrameRate = true } = {}): Promise<PeerDesktop> {
    const name = `bench-${process.pid}-${(Peer.#made += 1)}`;
    const root = join(this.#options.runDir, name);
    const from = join(this.#options.runDir, 'desktops', this.#options.desktopId);
    const begun = performance.now();
    for (const folder of ['rfb', 'x11']) await mkdir(join(root, folder), { recursive: true });
    await chown(join(root, 'rfb'), this.#options.uid, this.#options.gid);
    await chown(join(root, 'x11'), this.#options.uid, this.#options.gid);
    await cp(join(from, 'secret'), join(root, 'secret'), { recursive: true });
    for (const file of ['', 'Xauthority', 'vncpasswd'])
      await chown(join(root, 'secret', file), this.#options.uid, this.#options.gid);
    await this.podman('network', 'create', name);
    const mounts = [
      `-v=${root}/secret:/run/deskpod/secret:ro`,
      `-v=${root}/rfb:/run/deskpod/rfb`,
      `-v=${root}/x11:/tmp/.X11-unix`,
      ...this.#home(from),
    ];
    const variables = [`--env=GEOMETRY=${geometry}`, '--env=X11LISTEN=tcp', `--env=HOME=${this.#options.home}`];
    const socket = join(root, 'rfb', 'rfb.sock');
    const listening = firstBytes(socket);
    const limits = ['--memory=2g', '--pids-limit=4096', '--shm-size=512m', '--ipc=shareable'];
    await this.podman(
      'run',
      '-d',
      '--name',
      name,
      '--network',
      name,
      ...limits,
      ...this.#common(),
      ...mounts,
      ...variables,
      'localhost/deskpod/desktop:1',
      ...(hasOurFrameRate ? [] : WITHOUT_FRAME_RATE),
    );
    await listening;
    const ms = performance.now() - begun;
    const end = async (): Promise<void> => {
      await this.podman('rm', '-f', '-t', '0', name);
      await this.podman('network', 'rm', '-f', name);
      await rm(root, { recursive: true });
    };
    return { ms, name, root, end };
  }

  /** Starts an app; the caller sees its window. */
  async launch(app: string, runtime: 'ephemeral_container' | 'pod_application'): Promise<() => Promise<unknown>> {
    const name = `bench-${process.pid}-${(Peer.#made += 1)}`;
    const { desktopId } = this.#options;
    const from = join(this.#options.runDir, 'desktops', desktopId);
    const joined = ['network', 'ipc', 'pid', 'uts'].map((space) => `--${space}=container:${desktopId}`);
    const wiring =
      runtime === 'ephemeral_container'
        ? [...joined, '--env=DISPLAY=:0', `-v=${from}/x11:/tmp/.X11-unix`]
        : [`--network=deskpod-${desktopId}`, `--env=DISPLAY=${this.#address}:0`];
    const cookie = [
      `-v=${from}/secret/Xauthority:/run/deskpod/Xauthority:ro`,
      '--env=XAUTHORITY=/run/deskpod/Xauthority',
    ];
    const limits = ['--memory=1g', '--cpus=1', '--pids-limit=512'];
    const rest = [...limits, ...this.#common(), ...this.#home(from), ...cookie, `--env=HOME=${this.#options.home}`];
    await this.podman('run', '-d', '--name', name, ...wiring, ...rest, `localhost/deskpod/${app}:1`);
    return () => this.podman('rm', '-f', '-t', '0', name);
  }

  #common(): string[] {
    return [`--user=${this.#options.uid}:${this.#options.gid}`, ...CONFINED, `--workdir=${this.#options.home}`];
  }

  #home(from: string): string[] {
    const { home } = this.#options;
    const outside = join(from, '..', '..', 'bench-home');
    return [
      `-v=${outside}:${home}`,
      `-v=${from}/accounts/passwd:/etc/passwd:ro`,
      `-v=${from}/accounts/group:/etc/group:ro`,
    ];
  }

  /** A home of the bench's own. */
  async prepare(): Promise<void> {
    const home = join(this.#options.runDir, 'bench-home');
    await mkdir(home, { recursive: true });
    await chown(home, this.#options.uid, this.#options.gid);
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    this.#address = await this.podman('inspect', '-f', format, this.#options.desktopId);
  }

  async clean(): Promise<void> {
    await rm(join(this.#options.runDir, 'bench-home'), { recursive: true, force: true });
  }
}

/** Connects as soon as something listens: the file appears a moment before that, and of the rest there is no event. */
async function firstBytes(socket: string): Promise<void> {
  const until = performance.now() + TIMEOUT_MS;
  while (performance.now() < until) {
    const stream = connect(socket);
    try {
      await once(stream, 'data');
      return;
    } catch {
      await delay(1);
    } finally {
      stream.destroy();
    }
  }
  throw new Error(`nothing listens at ${socket}`);
}
