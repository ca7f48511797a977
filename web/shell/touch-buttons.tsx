/** Buttons of the bar for touch screens: trackpad, move the view, show the keyboard, search. */
import { Hand, Keyboard, Mouse, Search } from 'lucide';
import { openLayer } from '../layers/layers.ts';
import { focusScreen, panning, touchKeyboard } from '../screen/control.ts';
import { changePreferences } from '../state/preferences.ts';
import { preferences } from '../state/store.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';

/** CSS shows them for coarse pointers only. */
export function TouchButtons() {
  const isTrackpad = preferences.value.touch === 'trackpad';
  return (
    <>
      <button
        type="button"
        class="quiet icon touch-only"
        aria-label={t.screen.trackpad}
        aria-pressed={isTrackpad}
        onClick={() => changePreferences({ touch: isTrackpad ? 'direct' : 'trackpad' })}
        data-test="trackpad"
      >
        <Icon of={Mouse} size={15} />
      </button>
      <button
        type="button"
        class="quiet icon touch-only"
        aria-label={t.screen.pan}
        aria-pressed={panning.value}
        onClick={() => (panning.value = !panning.value)}
        data-test="pan"
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
