/** Extra keys above the on-screen keyboard; Ctrl, Alt and Shift apply to the next key, of this row or the keyboard. */
import { Ellipsis } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { KEYSYM } from '../screen/keysym.ts';
import { focusScreen, tapKey, touchKeyboard, touchModifiers } from '../screen/control.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

const MODIFIERS = [
  ['Ctrl', KEYSYM.Control],
  ['Alt', KEYSYM.Alt],
  ['Shift', KEYSYM.Shift],
] as const;
const KEYS = [
  ['Esc', KEYSYM.Escape],
  ['Tab', KEYSYM.Tab],
  ['←', KEYSYM.Left],
  ['↑', KEYSYM.Up],
  ['↓', KEYSYM.Down],
  ['→', KEYSYM.Right],
  ['Del', KEYSYM.Delete],
] as const;
const MORE_KEYS = [
  ['Home', KEYSYM.Home],
  ['End', KEYSYM.End],
  ['PgUp', KEYSYM.PageUp],
  ['PgDn', KEYSYM.PageDown],
  ...Array.from({ length: 12 }, (_, at) => [`F${at + 1}`, KEYSYM.F1 + at] as const),
] as const;

export function TouchKeys() {
  const [more, setMore] = useState(false);
  const covered = useCoveredHeight();
  if (!touchKeyboard.value) return null;
  const held = touchModifiers.value;
  const hold = (modifier: number) =>
    (touchModifiers.value = held.includes(modifier) ? held.filter((one) => one !== modifier) : [...held, modifier]);
  // The field keeps the focus, so the keyboard stays.
  const keep = (event: Event) => event.preventDefault();
  return (
    <div
      class="touch-keys glass"
      role="toolbar"
      aria-label={t.screen.modifiers}
      data-test="touch-keys"
      style={{ marginBottom: `${covered}px` }}
      onPointerDown={keep}
      onMouseDown={keep}
    >
      {MODIFIERS.map(([name, modifier]) => (
        <button key={name} type="button" aria-pressed={held.includes(modifier)} onClick={() => hold(modifier)}>
          {name}
        </button>
      ))}
      <button type="button" aria-label={t.screen.moreKeys} aria-pressed={more} onClick={() => setMore(!more)}>
        <Icon of={Ellipsis} size={15} />
      </button>
      {(more ? MORE_KEYS : KEYS).map(([name, keysym]) => (
        <button
          key={name}
          type="button"
          onClick={() => {
            tapKey(keysym);
            focusScreen();
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** How much of the window the on-screen keyboard covers, in CSS pixels: browsers don't move the page above it. */
function useCoveredHeight(): number {
  const [covered, setCovered] = useState(0);
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return undefined;
    const abort = new AbortController();
    // While the page is zoomed, the viewport is smaller without a keyboard.
    const read = () =>
      setCovered(viewport.scale > 1 ? 0 : Math.max(0, innerHeight - viewport.offsetTop - viewport.height));
    for (const type of ['resize', 'scroll']) viewport.addEventListener(type, read, { signal: abort.signal });
    read();
    return () => abort.abort();
  }, []);
  return covered;
}
