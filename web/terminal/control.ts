/** Which terminals are open over the desktop, and how the rest of the shell reaches them. */
import { signal } from '@preact/signals';

/** What the web shell is in: the desktop, or one launch. */
export interface ShellPlace {
  readonly launchId: string;
  readonly name: string;
}

export const terminalOpen = signal(false);
/** Null: the desktop. */
export const shellPlace = signal<ShellPlace | null>(null);

/** The debug session whose terminal is on show. */
export const debugShown = signal<string | null>(null);

/** The terminal that was shown last, set while it is on show. */
export const terminal: { focus: (() => void) | null } = { focus: null };

export const hasTerminalFocus = (): boolean => document.activeElement?.closest('.terminal-panel') != null;

/** Opens it, goes to it, or leaves it, as the moment asks. */
export function goToTerminal(leave: () => void): void {
  if (!terminalOpen.value && debugShown.value === null) openShellIn(null);
  else if (hasTerminalFocus()) leave();
  else terminal.focus?.();
}

/** One web shell at a time: a shell elsewhere takes its place. */
export function openShellIn(place: ShellPlace | null): void {
  shellPlace.value = place;
  terminalOpen.value = true;
}
