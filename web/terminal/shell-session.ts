/** One shell: xterm.js on one side, the terminal's WebSocket on the other; a lost one is followed by a new one. */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { TerminalMessage } from '#protocol/terminal.ts';
import { socketAddress } from '../ui/address.ts';
import { t } from '../ui/strings/catalogue.ts';
import { parting, reopenDelay } from './reopen.ts';

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

const colours = {
  background: '#0f1116',
  foreground: '#d9dce3',
  cursor: '#7ea2f5',
  cursorAccent: '#0f1116',
  selectionBackground: '#3b5391',
  brightBlack: '#7d8494',
};

export function openShell(box: HTMLElement, onState: (state: ShellState) => void): ShellSession {
  const screen = new Terminal({
    fontFamily: '"JetBrains Mono Variable", "DejaVu Sans Mono", monospace',
    fontSize: 13,
    lineHeight: 1.2,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    scrollback: 5000,
    theme: colours,
  });
  const fitting = new FitAddon();
  screen.loadAddon(fitting);
  screen.open(box);
  fitting.fit();
  screen.attachCustomKeyEventHandler((event) => !copies(event, screen));

  let socket: WebSocket | null = null;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let stood = false;
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
    url.search = new URLSearchParams({ columns: String(screen.cols), rows: String(screen.rows) }).toString();
    const opening = new WebSocket(url);
    opening.binaryType = 'arraybuffer';
    opening.addEventListener('open', () => {
      if (stood) screen.write(parting(t.terminal.anew));
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
    fit: () => fitting.fit(),
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

/** Ctrl+Shift+C copies the selection, as terminals do; Ctrl+C stays the interrupt. */
function copies(event: KeyboardEvent, screen: Terminal): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey || event.code !== 'KeyC') return false;
  event.preventDefault();
  const text = screen.getSelection();
  if (text) void navigator.clipboard?.writeText(text).catch(() => {});
  return true;
}
