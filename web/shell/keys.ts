/** The shell's own keys, taken before the desktop or a terminal sees them. */
import { focusScreen, hasScreenFocus, leaveScreen } from '../screen/control.ts';
import { goToTerminal, hasTerminalFocus } from '../terminal/control.ts';
import { closeLayer, layers, openLayer, toggleLayer } from '../ui/layers.ts';
import { placeActive } from './actions.ts';
import { type ShortcutAction, shortcutFor } from './shortcuts.ts';

export function listenForShortcuts(signal: AbortSignal): void {
  /** Keys whose press was ours: their release is too. */
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
      // Wherever the focus is at this moment: the key must not slip through to the desktop.
      if (event.key === 'Escape' && top && !event.isComposing) {
        take(event);
        taken.add(code);
        return closeLayer(top.kind);
      }
      if (action === null) return;
      take(event);
      taken.add(code);
      // Ctrl and Alt have reached the desktop already: they must not stay down there.
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
    case 'terminal':
      if (layers.value.length === 0) goToTerminal(focusScreen);
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
