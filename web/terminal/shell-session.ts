/** One shell: xterm.js on one side, the terminal's WebSocket on the other; a lost one is followed by a new one. */
import { TerminalMessage } from '#protocol/terminal.ts';
import { socketAddress } from '../ui/address.ts';
import { t } from '../ui/strings/catalogue.ts';
import { parting, reopenDelay } from './reopen.ts';
import { shellView } from './shell-view.ts';

export type ShellState =
  | { readonly state: 'connecting' }
  | { readonly state: 'open' }
  | { readonly state: 'ended'; readonly exitCode: number | null }
  | { readonly state: 'lost'; readonly message: string | null };

export interface ShellSession {
  readonly focus: () => void;
  /** Fits rows and columns to the box. */
  readonly fit: () => void;
  readonly dispose: () => void;
}

/** A shell that lasted this long was a good one: its successor may be tried as often again. */
const GOOD_MS = 5_000;

/** Which shell: a new one in the desktop or in a launch, or the shared terminal of a debug session. */
export type ShellWish =
  | { readonly in: 'desktop' }
  | { readonly in: 'launch'; readonly id: string }
  | { readonly in: 'debug'; readonly id: string };

export interface ShellListener {
  readonly onState: (state: ShellState) => void;
  /** How many people are at this terminal. */
  readonly onPeople?: (count: number) => void;
}

export function openShell(box: HTMLElement, wish: ShellWish, listener: ShellListener): ShellSession {
  const { screen, fit } = shellView(box);
  let { onState } = listener;
  let socket: WebSocket | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  // Of a debug session it is known that it stands: a first attempt that fails is the network's fault.
  let stood = wish.in === 'debug';
  let first = true;
  let last: ShellState = { state: 'connecting' };
  const become = (state: ShellState) => {
    last = state;
    onState(state);
  };
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(data);
  };
  const encoder = new TextEncoder();
  screen.onData((text) => send(encoder.encode(text)));
  screen.onBinary((text) => send(Uint8Array.from(text, (character) => character.charCodeAt(0))));
  screen.onResize(({ cols, rows }) =>
    send(JSON.stringify({ type: 'resize', columns: cols, rows } satisfies TerminalMessage)),
  );

  const connect = () => {
    let since = Infinity;
    const url = socketAddress('api/v1/terminal');
    url.search = new URLSearchParams({
      columns: String(screen.cols),
      rows: String(screen.rows),
      ...(wish.in === 'desktop' ? {} : { [wish.in]: wish.id }),
    }).toString();
    const opening = new WebSocket(url);
    opening.binaryType = 'arraybuffer';
    opening.addEventListener('open', () => {
      // A shared terminal tells everything anew; another shell is another one.
      if (!first && wish.in === 'debug') screen.reset();
      else if (!first) screen.write(parting(t.terminal.anew));
      first = false;
      stood = true;
      since = performance.now();
      become({ state: 'open' });
    });
    opening.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) screen.write(new Uint8Array(data));
      else if (typeof data === 'string') {
        const message = messageOf(data);
        if (message?.type === 'exit') become({ state: 'ended', exitCode: message.exitCode });
        if (message?.type === 'error') become({ state: 'lost', message: message.message });
        if (message?.type === 'people') listener.onPeople?.(message.count);
      }
    });
    opening.addEventListener('close', ({ code }) => {
      if (disposed) return;
      if (performance.now() - since >= GOOD_MS) attempt = 0;
      const over = last.state === 'ended' || last.state === 'lost';
      const pause = over ? null : reopenDelay(code, stood, attempt);
      if (pause === null) {
        screen.options.disableStdin = true;
        screen.options.cursorBlink = false;
        if (!over) become({ state: 'lost', message: null });
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
      socket?.close();
      screen.dispose();
    },
  };
}

function messageOf(text: string): TerminalMessage | null {
  try {
    return TerminalMessage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
