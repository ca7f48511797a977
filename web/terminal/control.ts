/** The terminals that are open over the desktop, for the rest of the UI. */
import { signal } from '@preact/signals';

/** The launch that the web shell runs in. */
export interface ShellTarget {
  readonly launchId: string;
  readonly name: string;
}

export const terminalOpen = signal(false);
/** Null: the desktop. */
export const shellTarget = signal<ShellTarget | null>(null);

/** The debug session whose terminal is shown. */
export const shownDebugSession = signal<string | null>(null);

/** The terminal opened last, while it is shown. */
export const terminal: { focus: (() => void) | null } = { focus: null };

export const hasTerminalFocus = (): boolean => document.activeElement?.closest('.terminal-panel') != null;

/** Opens the terminal, or moves the focus to it or away from it. */
export function goToTerminal(leave: () => void): void {
  if (!terminalOpen.value && shownDebugSession.value === null) openShellIn(null);
  else if (hasTerminalFocus()) leave();
  else terminal.focus?.();
}

/** There is one web shell at a time: a new one replaces it. */
export function openShellIn(target: ShellTarget | null): void {
  shellTarget.value = target;
  terminalOpen.value = true;
}
