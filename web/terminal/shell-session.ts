/** One shell: xterm.js on one side, the terminal's WebSocket on the other. */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { TerminalMessage } from '#protocol/terminal.ts';

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

  const url = new URL('/api/v1/terminal', location.href);
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = new URLSearchParams({ columns: String(screen.cols), rows: String(screen.rows) }).toString();
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  let last: ShellState = { state: 'connecting' };
  const become = (state: ShellState) => {
    last = state;
    onState(state);
  };
  const send = (data: string | Uint8Array<ArrayBuffer>) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(data);
  };
  const encoder = new TextEncoder();
  screen.onData((text) => send(encoder.encode(text)));
  screen.onBinary((text) => send(Uint8Array.from(text, (character) => character.charCodeAt(0))));
  screen.onResize(({ cols, rows }) =>
    send(JSON.stringify({ type: 'resize', columns: cols, rows } satisfies TerminalMessage)),
  );

  socket.addEventListener('open', () => become({ state: 'open' }));
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) screen.write(new Uint8Array(data));
    else if (typeof data === 'string') {
      const message = messageOf(data);
      if (message?.type === 'exit') become({ state: 'ended', exitCode: message.exitCode });
      if (message?.type === 'error') become({ state: 'lost', message: message.message });
    }
  });
  socket.addEventListener('close', () => {
    screen.options.disableStdin = true;
    screen.options.cursorBlink = false;
    if (last.state === 'connecting' || last.state === 'open') become({ state: 'lost', message: null });
  });
  onState(last);

  return {
    focus: () => screen.focus(),
    fit: () => fitting.fit(),
    dispose: () => {
      onState = () => {};
      socket.close();
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
