/** A network connection between a browser and the product that a test can cut. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Wire implements AsyncDisposable {
  readonly address: string;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #whole = true;

  private constructor(server: Server, port: number, target: number) {
    this.#server = server;
    this.address = `http://localhost:${port}`;
    server.on('connection', (near) => {
      if (!this.#whole) return void near.destroy();
      const far = connect({ host: '127.0.0.1', port: target, noDelay: true });
      near.setNoDelay(true);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#open.add(one);
        one.on('error', () => {});
        one.once('close', () => {
          this.#open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
      return undefined;
    });
  }

  static async to(address: string): Promise<Wire> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    if (typeof bound !== 'object' || bound === null) throw new Error('no port');
    return new Wire(server, bound.port, Number(new URL(address).port));
  }

  cut(): void {
    this.#whole = false;
    for (const socket of this.#open) socket.destroy();
  }

  /** What is open stays open, but nothing passes any more; new connections work. */
  stall(): void {
    for (const socket of this.#open) socket.unpipe().pause();
  }

  join(): void {
    this.#whole = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#server.close();
  }
}
