/**
 * The screen's WebSocket, which outlives interruptions of the network: for up to half a minute it opens another one, over
 * which the gateway continues the same screen. What was sent meanwhile follows; nothing is lost or arrives twice.
 */
import { parseJson } from '#protocol/json.ts';
import { Inbox, Outbox } from '#protocol/outbox.ts';
import { RESUME_MS, RESUME_PROTOCOL, ResumeMessage, resumeProtocol } from '#protocol/resume.ts';
import { CloseCode } from '#protocol/screen.ts';

/** Of an attempt to continue: `unknown` at this gateway. */
type Outcome = 'continued' | 'failed' | 'unknown' | 'over';
type Data = string | Uint8Array<ArrayBuffer>;

export interface ResumingOptions {
  /** Opens a WebSocket with the ticket and one more subprotocol. */
  readonly open: (token: string, resume: string) => WebSocket;
  /** A new ticket. Rejects while the server can't be reached. */
  readonly ticket: (signal: AbortSignal) => Promise<string>;
  /** True for an error after which there will be no ticket. */
  readonly isFinal: (error: unknown) => boolean;
  /** Called when the network is lost, and when the screen continues. */
  readonly onAway: (isAway: boolean) => void;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Fires `online`. */
  readonly network: EventTarget;
}

const CONFIRM_BYTES = 64 * 1024;
const CONFIRM_MS = 250;
/** What may be sent while the network is away: keys and clicks of half a minute, and one large paste. */
const MOST_KEPT_BYTES = 4 * 1024 * 1024;
/** Between two attempts. */
const RETRY_MS = 150;
/** For a ticket and a WebSocket: over a network that drops everything, another attempt is better than waiting. */
const ATTEMPT_MS = 1_500;
/** A link may be slower than that: each attempt may take twice as long as the last one, up to this. */
const LONGEST_ATTEMPT_MS = 12_000;
/** The gateway confirms what it gets twice a second: without a sign of it for longer, the network is taken for lost. */
const SILENCE_MS = 4_000;
/** A link isn't lost while it may still be taking a large paste: 256 kbit/s. */
const SLOWEST_BYTES_PER_MS = 32;
/** How many gateways may say that they don't know the screen: of several, each connection reaches any of them. */
const MOST_STRANGERS = 4;
const LOST = 1006;

export class ResumingSocket extends EventTarget {
  readonly #options: ResumingOptions;
  #ws: WebSocket | null = null;
  #id: string | null = null;
  #outbox: Outbox<Data> | null = new Outbox();
  readonly #inbox = new Inbox(CONFIRM_BYTES);
  #protocol = '';
  #readyState: number = WebSocket.CONNECTING;
  #confirming: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  readonly #end = new AbortController();

  constructor(token: string, options: ResumingOptions) {
    super();
    this.#options = options;
    const ws = options.open(token, RESUME_PROTOCOL);
    ws.addEventListener('open', () => {
      this.#protocol = ws.protocol;
      this.#readyState = WebSocket.OPEN;
      this.dispatchEvent(new Event('open'));
    });
    ws.addEventListener('message', (event) => this.#first(ws, dataOf(event)), { once: true });
    this.#attach(ws);
    // A connection of another network is lost, even if nobody says so.
    options.network.addEventListener('online', () => this.#id !== null && this.#ws && this.#lose(this.#ws), {
      signal: this.#end.signal,
    });
  }

  get protocol(): string {
    return this.#protocol;
  }

  /** `OPEN` during an interruption. */
  get readyState(): number {
    return this.#readyState;
  }

  send(data: Data): void {
    // noVNC reuses the memory.
    const kept = typeof data === 'string' ? data : data.slice();
    this.#outbox?.add(kept);
    if ((this.#outbox?.size ?? 0) > MOST_KEPT_BYTES) return this.#finish(LOST);
    this.#ws?.send(kept);
    if (this.#silence === undefined) this.#expectSign(performance.now());
  }

  /** Anything that comes from the gateway is a sign. */
  #expectSign(since: number, afterMs = SILENCE_MS): void {
    this.#silence = setTimeout(() => {
      this.#silence = undefined;
      if (this.#ws === null || this.#id === null) return;
      const patience = SILENCE_MS + (this.#outbox?.size ?? 0) / SLOWEST_BYTES_PER_MS;
      const left = since + patience - performance.now();
      if (left > 0) this.#expectSign(since, left);
      else this.#lose(this.#ws);
    }, afterMs);
  }

  close(): void {
    if (this.#ws === null) return this.#finish(CloseCode.normal);
    this.#readyState = WebSocket.CLOSING;
    this.#ws.close();
  }

  /** An older gateway continues nothing. */
  #first(ws: WebSocket, data: unknown): void {
    const message = controlOf(data);
    if (message?.kind === 'resumable') this.#id = message.id;
    else this.#outbox = null;
    ws.addEventListener('message', (event) => this.#receive(ws, dataOf(event)));
    if (this.#id === null) this.#deliver(data);
  }

  #attach(ws: WebSocket): void {
    this.#ws = ws;
    ws.binaryType = 'arraybuffer';
    ws.addEventListener('close', ({ code }) => {
      if (ws !== this.#ws) return;
      if (this.#id !== null && code === LOST && this.#readyState === WebSocket.OPEN) this.#lose(ws);
      else this.#finish(code);
    });
  }

  #receive(ws: WebSocket, data: unknown): void {
    if (ws !== this.#ws) return;
    clearTimeout(this.#silence);
    this.#silence = undefined;
    const control = this.#id === null ? null : controlOf(data);
    if (control?.kind === 'confirmed') return void this.#outbox?.confirm(control.received);
    if (this.#id !== null) {
      if (this.#inbox.take(data instanceof ArrayBuffer ? data.byteLength : 0)) this.#confirm();
      else this.#confirming ??= setTimeout(() => this.#confirm(), CONFIRM_MS);
    }
    this.#deliver(data);
  }

  #deliver(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }

  #confirm(): void {
    clearTimeout(this.#confirming);
    this.#confirming = undefined;
    const received = this.#ws === null ? null : this.#inbox.confirmation();
    if (received !== null) this.#ws?.send(JSON.stringify({ kind: 'confirmed', received } satisfies ResumeMessage));
  }

  #lose(ws: WebSocket): void {
    this.#ws = null;
    ws.close(CloseCode.continuing);
    clearTimeout(this.#silence);
    this.#silence = undefined;
    this.#options.onAway(true);
    void this.#resume();
  }

  async #resume(): Promise<void> {
    const { pause, onAway } = this.#options;
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(RESUME_MS)]);
    let strangers = 0;
    let patience = ATTEMPT_MS;
    while (!signal.aborted && strangers < MOST_STRANGERS) {
      const soon = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const outcome = await this.#attempt(soon);
      if (soon.aborted) patience = Math.min(LONGEST_ATTEMPT_MS, patience * 2);
      if (outcome === 'over') break;
      if (outcome === 'continued') return onAway(false);
      if (outcome === 'unknown') strangers += 1;
      else await pause(RETRY_MS, signal);
    }
    this.#finish(LOST);
  }

  async #attempt(signal: AbortSignal): Promise<Outcome> {
    const { ticket, isFinal, open } = this.#options;
    try {
      const token = await ticket(signal);
      if (signal.aborted || this.#id === null) return 'failed';
      return await this.#continueOver(open(token, resumeProtocol(this.#id, this.#inbox.received)), signal);
    } catch (error) {
      return isFinal(error) ? 'over' : 'failed';
    }
  }

  /** The gateway's first message says what it received; the rest is sent again. */
  #continueOver(ws: WebSocket, signal: AbortSignal): Promise<Outcome> {
    return new Promise((resolve) => {
      const settled = new AbortController();
      const settle = (outcome: Outcome) => {
        settled.abort();
        if (outcome !== 'continued') ws.close(CloseCode.continuing);
        resolve(outcome);
      };
      signal.addEventListener('abort', () => settle('failed'), { signal: settled.signal });
      const closed = ({ code }: CloseEvent) =>
        settle(code === LOST ? 'failed' : code === CloseCode.notResumable ? 'unknown' : 'over');
      ws.addEventListener('close', closed, { signal: settled.signal });
      const first = (event: Event) => {
        const message = controlOf(dataOf(event));
        if (message?.kind !== 'resumed' || this.#outbox?.confirm(message.received) !== true) return settle('over');
        this.#attach(ws);
        ws.addEventListener('message', (event) => this.#receive(ws, dataOf(event)));
        for (const kept of this.#outbox.kept) ws.send(kept);
        return settle('continued');
      };
      ws.addEventListener('message', first, { once: true, signal: settled.signal });
    });
  }

  #finish(code: number): void {
    if (this.#readyState === WebSocket.CLOSED) return;
    this.#readyState = WebSocket.CLOSED;
    this.#end.abort();
    clearTimeout(this.#silence);
    clearTimeout(this.#confirming);
    const ws = this.#ws;
    this.#ws = null;
    ws?.close();
    this.dispatchEvent(new CloseEvent('close', { code }));
  }
}

function dataOf(event: Event): unknown {
  return event instanceof MessageEvent ? event.data : null;
}

function controlOf(data: unknown): ResumeMessage | null {
  if (typeof data !== 'string') return null;
  const message = ResumeMessage.safeParse(parseJson(data));
  return message.success ? message.data : null;
}
