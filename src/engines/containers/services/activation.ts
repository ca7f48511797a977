/**
 * A socket that starts a service when a program connects, as systemd's socket activation does. Its name is a hard link
 * to the socket that listens: to this one, or to the service's own while that runs. So programs connect to the service
 * itself, and are not disturbed when this process restarts; only the connection that started it passes through here.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { chmod, type FileHandle, link, lchown, open, rename, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ignore } from '#protocol/ignore.ts';

export interface ActivationOptions {
  /** The folder of the sockets, in which only the service and this process can write. */
  readonly folder: string;
  /** The name that programs connect to. */
  readonly name: string;
  /** The name of the service's own socket. */
  readonly own: string;
  /** Of the desktop. */
  readonly uid: number;
  /** Starts the service, and connects to it. */
  readonly connect: () => Promise<Duplex>;
  readonly failed: (error: unknown) => void;
}

/** Connections that wait for the service or pass through here; more are refused. */
const MOST_CONNECTIONS = 64;
const LISTENER = '.start.sock';

export class ActivationSocket {
  readonly #options: ActivationOptions;
  readonly #folder: FileHandle;
  readonly #server: Server;
  readonly #connections = new Set<Socket>();

  private constructor(options: ActivationOptions, folder: FileHandle) {
    this.#options = options;
    this.#folder = folder;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => void this.#relay(socket));
  }

  /** Listens at once, but programs find it only after {@link listen}. */
  static async open(options: ActivationOptions): Promise<ActivationSocket> {
    const folder = await open(options.folder, constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      const socket = new ActivationSocket(options, folder);
      const path = socket.#path(LISTENER);
      await rm(path, { force: true });
      // By its descriptor: the path of a folder may be longer than a socket's name may be.
      socket.#server.listen(path);
      await once(socket.#server, 'listening');
      socket.#server.on('error', options.failed);
      await lchown(path, options.uid, -1);
      await chmod(path, 0o660);
      return socket;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** Number of connections that pass through here. */
  get connections(): number {
    return this.#connections.size;
  }

  /** From now on, programs that connect start the service. */
  async listen(): Promise<void> {
    await this.#point(LISTENER);
  }

  /** From now on, programs connect to the service itself. */
  async pass(): Promise<void> {
    await this.#point(this.#options.own);
  }

  async close(): Promise<void> {
    for (const socket of this.#connections) socket.destroy();
    this.#server.close();
    await this.#folder.close();
  }

  /** Replaces the name in one step, so that a program always finds a socket. */
  async #point(target: string): Promise<void> {
    const draft = this.#path(`.${randomBytes(8).toString('hex')}`);
    await link(this.#path(target), draft);
    await rename(draft, this.#path(this.#options.name));
    // Renaming a link over another one of the same file does nothing.
    await rm(draft, { force: true });
  }

  #path(name: string): string {
    return `/proc/self/fd/${this.#folder.fd}/${name}`;
  }

  async #relay(program: Socket): Promise<void> {
    if (this.#connections.size >= MOST_CONNECTIONS) {
      program.destroy();
      return;
    }
    this.#connections.add(program);
    program.once('close', () => this.#connections.delete(program));
    program.on('error', ignore('the pipeline reports it'));
    try {
      const service = await this.#options.connect();
      await Promise.all([pipeline(program, service), pipeline(service, program)]).catch(
        ignore('one of them closed the connection'),
      );
    } catch (error) {
      this.#options.failed(error);
    } finally {
      program.destroy();
    }
  }
}
