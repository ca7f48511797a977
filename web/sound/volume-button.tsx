/** The button of the bar that opens the volume. */
import { Volume, Volume1, Volume2, VolumeX } from 'lucide';
import { layers, toggleLayer } from '../layers/layers.ts';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { muted, soundState, volume } from './control.ts';
import './volume.css';

export function VolumeButton() {
  const { state } = soundState.value;
  const broken = state === 'lost' || state === 'refused' || state === 'silent';
  const label = muted.value ? t.sound.buttonMuted : t.sound.button;
  return (
    <button
      type="button"
      class="quiet icon"
      aria-label={broken ? t.sound.buttonBroken : label}
      title={broken ? t.sound.buttonBroken : label}
      aria-haspopup="dialog"
      aria-expanded={layers.value.some(({ kind }) => kind === 'volume')}
      onClick={() => toggleLayer({ kind: 'volume' })}
      data-test="volume-button"
      data-sound={state}
    >
      <Icon of={broken ? VolumeX : volumeIcon(muted.value ? 0 : volume.value)} size={15} />
    </button>
  );
}

function volumeIcon(level: number) {
  if (level === 0) return VolumeX;
  if (level < 0.34) return Volume;
  return level < 0.67 ? Volume1 : Volume2;
}
