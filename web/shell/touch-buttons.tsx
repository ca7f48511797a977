/** Buttons of the bar for touch screens: move the picture, show the keyboard, search. */
import { Hand, Keyboard, Search } from 'lucide';
import { openLayer } from '../layers/layers.ts';
import { focusScreen, panning, touchKeyboard } from '../screen/control.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

/** CSS shows them for coarse pointers only. */
export function TouchButtons() {
  return (
    <>
      <button
        type="button"
        class="quiet icon touch-only"
        aria-label={t.screen.pan}
        aria-pressed={panning.value}
        onClick={() => (panning.value = !panning.value)}
      >
        <Icon of={Hand} size={15} />
      </button>
      <button
        type="button"
        class="quiet icon touch-only"
        aria-label={t.screen.keyboard}
        aria-pressed={touchKeyboard.value}
        onClick={() => {
          touchKeyboard.value = !touchKeyboard.value;
          focusScreen();
        }}
        data-test="touch-keyboard"
      >
        <Icon of={Keyboard} size={16} />
      </button>
      <button
        type="button"
        class="quiet icon small-only"
        aria-label={t.bar.search}
        onClick={() => openLayer({ kind: 'search' })}
      >
        <Icon of={Search} size={15} />
      </button>
    </>
  );
}
