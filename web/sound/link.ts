/** The worker that receives and sends sound, as a series of connections for `keepConnected`. */
import { CloseCode, SCREEN_PROTOCOL, TICKET_PROTOCOL_PREFIX } from '#protocol/screen.ts';
import { SOUND_PATH } from '#protocol/sound.ts';
import type { ScreenLink } from '../screen/reconnect.ts';
import { socketUrl } from '../ui/server-url.ts';
import type { FromWorker, ToWorker, WorkerPorts } from './messages.ts';

interface Attempt {
  readonly connected: PromiseWithResolvers<void>;
  readonly closed: PromiseWithResolvers<number>;
}

export class SoundReceiver {
  readonly #worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  readonly #control: MessagePort;
  readonly #notice: (text: string) => void;
  #attempt: Attempt | null = null;

  /** Decoded samples go to the port, messages of the gateway to `notice`. */
  constructor(samples: MessagePort, notice: (text: string) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#control = port1;
    this.#notice = notice;
    port1.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => this.#take(data));
    port1.start();
    const ports: WorkerPorts = { control: port2, samples };
    this.#worker.postMessage(ports, [port2, samples]);
  }

  /** Ends the connection before, if there is one. */
  connect(token: string): ScreenLink {
    this.#attempt?.closed.resolve(CloseCode.normal);
    const attempt: Attempt = { connected: Promise.withResolvers(), closed: Promise.withResolvers() };
    this.#attempt = attempt;
    const protocols = [SCREEN_PROTOCOL, `${TICKET_PROTOCOL_PREFIX}${token}`];
    this.#tell({ kind: 'connect', url: socketUrl(SOUND_PATH).href, protocols });
    return {
      connected: attempt.connected.promise,
      closed: attempt.closed.promise,
      close: () => this.#tell({ kind: 'close' }),
    };
  }

  /** Nothing is received while the page is muted. */
  listen(wanted: boolean): void {
    this.#tell({ kind: 'listen', wanted });
  }

  /** Samples of a microphone come through the port. */
  speak(spoken: MessagePort): void {
    this.#tell({ kind: 'speak', spoken }, [spoken]);
  }

  hush(): void {
    this.#tell({ kind: 'hush' });
  }

  send(text: string): void {
    this.#tell({ kind: 'send', text });
  }

  stop(): void {
    this.#worker.terminate();
    this.#attempt?.closed.resolve(CloseCode.normal);
    this.#control.close();
  }

  #take(message: FromWorker): void {
    if (message.kind === 'connected') this.#attempt?.connected.resolve();
    else if (message.kind === 'closed') this.#attempt?.closed.resolve(message.code);
    else this.#notice(message.text);
  }

  #tell(message: ToWorker, transferred: Transferable[] = []): void {
    this.#control.postMessage(message, transferred);
  }
}
