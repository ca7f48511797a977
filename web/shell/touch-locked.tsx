/** Says that the left button stays pressed without a finger, and what releases it. */
import { touchLocked } from '../screen/control.ts';
import { t } from '../ui/strings/catalogue.ts';

export function TouchLocked() {
  return (
    <div role="status" class="touch-locked" data-test="touch-locked">
      {touchLocked.value && <span class="glass small">{t.screen.dragLocked}</span>}
    </div>
  );
}
