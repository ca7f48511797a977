/** A slow link between a browser and the product: connections of both directions share one bottleneck. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Bottleneck, type BottleneckOptions } from './bottleneck.ts';

/** What Ethernet carries of TCP. */
const PACKET_BYTES = 1_460;

interface Flow {
  readonly from: Socket;
  readonly to: Socket;
}

interface Travelling {
  readonly arrivesAt: number;
  /** Null: the end of the connection. */
  readonly packet: Buffer | null;
  readonly to: Socket;
}

export class SlowLink implements AsyncDisposable {
  readonly address: string;
  readonly #server: Server;
  readonly #bottleneck: Bottleneck;
  readonly #open = new Set<Socket>();
  /** Those that have something to send, in turn. */
  readonly #ready = new Set<Flow>();
  readonly #travelling: Travelling[] = [];
  #sending: NodeJS.Timeout | null = null;
  #arriving: NodeJS.Timeout | null = null;

  private constructor(server: Server, port: number, target: number, options: BottleneckOptions) {
    this.address = `http://localhost:${port}`;
    this.#server = server;
    this.#bottleneck = new Bottleneck(options);
    server.on('connection', (near) => {
      const far = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true });
      this.#join({ from: near, to: far });
      this.#join({ from: far, to: near });
    });
  }

  /** To an `http` address of this machine. */
  static async to(address: string, options: BottleneckOptions): Promise<SlowLink> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    return new SlowLink(server, bound.port, Number(new URL(address).port), options);
  }

  #join(flow: Flow): void {
    const { from, to } = flow;
    this.#open.add(from);
    from.setNoDelay(true);
    from.on('readable', () => {
      this.#ready.add(flow);
      this.#send();
    });
    from.once('end', () => this.#travel({ packet: null, to, arrivesAt: this.#bottleneck.join(0, performance.now()) }));
    from.once('error', () => to.destroy());
    from.once('close', () => {
      this.#open.delete(from);
      this.#ready.delete(flow);
      if (!from.readableEnded) to.destroy();
    });
  }

  /** One packet of each connection in turn, as long as the queue takes them. */
  #send(): void {
    if (this.#sending) return;
    for (const flow of this.#ready) {
      const now = performance.now();
      const fullFor = this.#bottleneck.fullFor(now);
      if (fullFor > 0) {
        this.#sending = setTimeout(() => {
          this.#sending = null;
          this.#send();
        }, fullFor);
        return;
      }
      // Those that are left come after the others: a set keeps the order in which it got its members.
      this.#ready.delete(flow);
      const { from, to } = flow;
      const packet = readPacket(from);
      if (packet === null) continue;
      this.#ready.add(flow);
      this.#travel({ packet, to, arrivesAt: this.#bottleneck.join(packet.length, now) });
    }
  }

  #travel(one: Travelling): void {
    this.#travelling.push(one);
    this.#arriving ??= setTimeout(() => this.#arrive(), one.arrivesAt - performance.now());
  }

  #arrive(): void {
    const now = performance.now();
    const late = this.#travelling.findIndex(({ arrivesAt }) => arrivesAt > now);
    const due = this.#travelling.splice(0, late < 0 ? this.#travelling.length : late);
    for (const { packet, to } of due) {
      if (packet === null) to.end();
      else if (!to.destroyed) to.write(packet);
    }
    const [next] = this.#travelling;
    this.#arriving = next ? setTimeout(() => this.#arrive(), next.arrivesAt - now) : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#sending) clearTimeout(this.#sending);
    if (this.#arriving) clearTimeout(this.#arriving);
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
  }
}

/** Null if there is nothing to read; the socket says when there is again. */
function readPacket(socket: Socket): Buffer | null {
  const waiting = socket.readableLength;
  const packet: unknown = waiting > 0 ? socket.read(Math.min(waiting, PACKET_BYTES)) : socket.read();
  return packet instanceof Buffer ? packet : null;
}
