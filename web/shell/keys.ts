/** Handles the shell's shortcuts before the desktop or a terminal receives them. */
import { focusScreen, hasScreenFocus, leaveScreen } from '../screen/control.ts';
import { goToTerminal, hasTerminalFocus } from '../terminal/control.ts';
import { closeLayer, layers, openLayer, toggleLayer } from '../layers/layers.ts';
import { toggleFiles } from '../files/panel.ts';
import { placeActive } from '../apps/actions.ts';
import { addScreen } from '../screens/screens.ts';
import { type ShortcutAction, shortcutFor } from '../state/shortcuts.ts';

export function listenForShortcuts(signal: AbortSignal): void {
  /** Keys whose keydown was handled here: so is their keyup. */
  const taken = new Set<string>();
  const take = (event: KeyboardEvent) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  window.addEventListener(
    'keydown',
    (event) => {
      const { code, ctrlKey, altKey, shiftKey, metaKey } = event;
      const chord = { code, ctrlKey, altKey, shiftKey, metaKey, altGraph: event.getModifierState('AltGraph') };
      const action = shortcutFor(chord, hasScreenFocus() || hasTerminalFocus());
      const top = layers.value.at(-1);
      // Regardless of the focus, the key must not reach the desktop.
      if (event.key === 'Escape' && top && !event.isComposing) {
        take(event);
        taken.add(code);
        return closeLayer(top.kind);
      }
      if (action === null) return;
      take(event);
      taken.add(code);
      // Ctrl and Alt have already reached the desktop: release them there.
      leaveScreen();
      if (!event.repeat) perform(action);
    },
    { capture: true, signal },
  );
  window.addEventListener('keyup', (event) => taken.delete(event.code) && take(event), { capture: true, signal });
}

export function perform(action: ShortcutAction): void {
  switch (action) {
    case 'search':
      return toggleLayer({ kind: 'search' });
    case 'menu':
      return toggleLayer({ kind: 'menu' });
    case 'help':
      return openLayer({ kind: 'settings', page: 'keyboard', launchId: null });
    case 'files':
      return toggleFiles();
    case 'terminal':
      if (layers.value.length === 0) goToTerminal(focusScreen);
      return undefined;
    case 'screen':
      void addScreen();
      return undefined;
    case 'left':
    case 'right':
    case 'maximise':
    case 'restore':
      void placeActive(action);
      return undefined;
    default:
      return action satisfies never;
  }
}
