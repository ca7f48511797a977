/** One shell: connects xterm.js with the terminal's WebSocket and reconnects it. */
import { type ClientMessage, parseMessage, ServerMessage, terminalQuery } from '#protocol/terminal.ts';
import { TakenBytes } from '#protocol/terminal-flow.ts';
import { say } from '../state/notices.ts';
import { whyRefused } from '../state/page-check.ts';
import { socketUrl } from '../ui/server-url.ts';
import { bytes } from '../ui/format.ts';
import { t } from '../ui/strings/catalogue.ts';
import { separator, reopenDelay } from './reopen.ts';
import { MAX_PASTE_BYTES, ShellInput } from './shell-input.ts';
import { shellView } from './shell-view.ts';

export type ShellState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  | { readonly state: 'ended'; readonly exitCode: number | null }
  | { readonly state: 'lost'; readonly message: string | null };

export interface ShellSession {
  readonly focus: () => void;
  /** Fits rows and columns to the element. */
  readonly fit: () => void;
  readonly dispose: () => void;
}

/** After a connection of this length, the count of retries starts again. */
const GOOD_MS = 5_000;

/** A new shell in the desktop or in a launch, or the shared terminal of a debug session. */
export type ShellRequest =
  | { readonly in: 'desktop' }
  | { readonly in: 'launch'; readonly id: string }
  | { readonly in: 'debug'; readonly id: string };

export interface ShellListener {
  readonly onState: (state: ShellState) => void;
  /** How many people use this terminal. */
  readonly onPeople?: (count: number) => void;
}

export function openShell(box: HTMLElement, request: ShellRequest, listener: ShellListener): ShellSession {
  const { screen, fit } = shellView(box);
  let { onState } = listener;
  let socket: WebSocket | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  // A debug session is known to run: if the first attempt fails, the network is the cause.
  let connected = request.in === 'debug';
  let first = true;
  let last: ShellState = { state: 'connecting' };
  const become = (state: ShellState) => {
    last = state;
    onState(state);
  };
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(data);
  };
  const tell = (message: ClientMessage) => send(JSON.stringify(message));
  const input = new ShellInput(send);
  const type = (typed: Uint8Array<ArrayBuffer>) => {
    if (socket?.readyState !== WebSocket.OPEN || input.add(typed)) return;
    say('error', t.terminal.tooMuch(bytes(typed.length), bytes(MAX_PASTE_BYTES)));
  };
  const taken = new TakenBytes((count) => tell({ type: 'taken', bytes: count }));
  const encoder = new TextEncoder();
  screen.onData((text) => type(encoder.encode(text)));
  screen.onBinary((text) => type(Uint8Array.from(text, (character) => character.charCodeAt(0))));
  screen.onResize(({ cols, rows }) => tell({ type: 'resize', columns: cols, rows }));

  const connect = () => {
    let since = Infinity;
    const url = socketUrl('api/v1/terminal');
    const target = request.in === 'desktop' ? {} : { [request.in]: request.id };
    const size = { columns: screen.cols, rows: screen.rows };
    url.search = terminalQuery({ ...size, ...target, command: [], tty: true, input: true }).toString();
    const opening = new WebSocket(url);
    opening.binaryType = 'arraybuffer';
    opening.addEventListener('open', () => {
      // A shared terminal sends its whole output again; a new shell starts empty.
      if (!first && request.in === 'debug') screen.reset();
      else if (!first) screen.write(separator(t.terminal.replaced));
      first = false;
      connected = true;
      since = performance.now();
      input.restart();
      taken.stop();
      // Starts flow control: from here on, the server waits for output to be rendered.
      tell({ type: 'taken', bytes: 0 });
      become({ state: 'open' });
    });
    opening.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) screen.write(new Uint8Array(data), () => taken.add(data.byteLength));
      else if (typeof data === 'string') {
        const message = parseMessage(ServerMessage, data);
        if (message?.type === 'taken') input.taken(message.bytes);
        if (message?.type === 'exit') become({ state: 'ended', exitCode: message.exitCode });
        if (message?.type === 'error') become({ state: 'lost', message: message.message });
        if (message?.type === 'people') listener.onPeople?.(message.count);
      }
    });
    opening.addEventListener('close', ({ code }) => {
      if (disposed) return;
      if (performance.now() - since >= GOOD_MS) attempt = 0;
      const final = last.state === 'ended' || last.state === 'lost';
      const pause = final ? null : reopenDelay(code, connected, attempt);
      if (pause === null) {
        screen.options.disableStdin = true;
        screen.options.cursorBlink = false;
        if (!final) become({ state: 'lost', message: null });
        if (!final && !connected) void whyRefused().then((message) => !disposed && become({ state: 'lost', message }));
        return;
      }
      attempt += 1;
      become({ state: 'connecting' });
      reopening = setTimeout(connect, pause);
    });
    socket = opening;
  };
  let disposed = false;
  onState(last);
  connect();

  return {
    focus: () => screen.focus(),
    fit,
    dispose: () => {
      onState = () => {};
      disposed = true;
      clearTimeout(reopening);
      taken.stop();
      socket?.close();
      screen.dispose();
    },
  };
}
