/** Extra keys above the on-screen keyboard; Ctrl and Alt apply to the next key. */
import { useState } from 'preact/hooks';
import { KEYSYM } from '../screen/keysym.ts';
import { focusScreen, tapKey, touchKeyboard } from '../screen/control.ts';
import { t } from '../ui/strings/catalogue.ts';

const KEYS = [
  ['Esc', KEYSYM.Escape],
  ['Tab', KEYSYM.Tab],
  ['←', KEYSYM.Left],
  ['↑', KEYSYM.Up],
  ['↓', KEYSYM.Down],
  ['→', KEYSYM.Right],
  ['Del', KEYSYM.Delete],
  ['C', 0x63],
  ['V', 0x76],
  ['Z', 0x7a],
] as const;

export function TouchKeys() {
  const [held, setHeld] = useState<readonly number[]>([]);
  if (!touchKeyboard.value) return null;
  const hold = (modifier: number) =>
    setHeld(held.includes(modifier) ? held.filter((one) => one !== modifier) : [...held, modifier]);
  // The field keeps the focus, so the keyboard stays.
  const keep = (event: Event) => event.preventDefault();
  return (
    <div class="touch-keys glass" role="toolbar" aria-label={t.screen.modifiers} onPointerDown={keep}>
      {(
        [
          ['Ctrl', KEYSYM.Control],
          ['Alt', KEYSYM.Alt],
        ] as const
      ).map(([name, modifier]) => (
        <button key={name} type="button" aria-pressed={held.includes(modifier)} onClick={() => hold(modifier)}>
          {name}
        </button>
      ))}
      {KEYS.map(([name, keysym]) => (
        <button
          key={name}
          type="button"
          onClick={() => {
            tapKey(keysym, held);
            setHeld([]);
            focusScreen();
          }}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
