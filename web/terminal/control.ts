/** Whether the web shell is open, and how the rest of the shell reaches it. */
import { signal } from '@preact/signals';

export const terminalOpen = signal(false);

/** The running terminal, set while it is on show. */
export const terminal: { focus: (() => void) | null } = { focus: null };

export const hasTerminalFocus = (): boolean => document.activeElement?.closest('.terminal-panel') != null;

/** Opens it, goes to it, or leaves it, as the moment asks. */
export function goToTerminal(leave: () => void): void {
  if (!terminalOpen.value) terminalOpen.value = true;
  else if (hasTerminalFocus()) leave();
  else terminal.focus?.();
}
