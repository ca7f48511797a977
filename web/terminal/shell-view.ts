/** The screen of a terminal or of a recording of one: xterm.js, fitted to its box. */
import '@xterm/xterm/css/xterm.css';
import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import { ignore } from '#protocol/ignore.ts';

const colours = {
  background: '#0f1116',
  foreground: '#d9dce3',
  cursor: '#7ea2f5',
  cursorAccent: '#0f1116',
  selectionBackground: '#3b5391',
  brightBlack: '#7d8494',
};

/** Resolves when the terminal's font has loaded or failed to load. */
export async function fontsReady(): Promise<void> {
  await document.fonts.load('13px "JetBrains Mono Variable"').catch(ignore('another font serves, too'));
}

export interface ShellView {
  readonly screen: Terminal;
  readonly fit: () => void;
}

export function shellView(box: HTMLElement): ShellView {
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
  return { screen, fit: () => fitting.fit() };
}

/** Ctrl+Shift+C copies the selection, as terminals do; Ctrl+C stays the interrupt. */
function copies(event: KeyboardEvent, screen: Terminal): boolean {
  if (event.type !== 'keydown' || !event.ctrlKey || !event.shiftKey || event.code !== 'KeyC') return false;
  event.preventDefault();
  const text = screen.getSelection();
  if (text) void navigator.clipboard?.writeText(text).catch(ignore('the browser does not let the page copy'));
  return true;
}
