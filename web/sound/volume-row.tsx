/** A slider with a button that mutes. */
import { Volume2, VolumeX } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import './volume.css';

interface Props {
  readonly name: string;
  /** 1 is 100 %; louder ones are shown as 100 %. */
  readonly volume: number;
  readonly muted: boolean;
  readonly setVolume: (to: number) => void;
  readonly setMuted: (to: boolean) => void;
  readonly test: string;
}

export function VolumeRow({ name, volume, muted, setVolume, setMuted, test }: Props) {
  const percent = Math.min(100, Math.round(volume * 100));
  return (
    <div class="volume-row" data-test={test}>
      <span class="truncate" aria-hidden="true">
        {name}
      </span>
      <button
        type="button"
        class="quiet icon"
        aria-label={t.sound.mute(name)}
        title={t.sound.mute(name)}
        aria-pressed={muted}
        onClick={() => setMuted(!muted)}
      >
        <Icon of={muted ? VolumeX : Volume2} size={15} />
      </button>
      <input
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-label={t.sound.volume(name)}
        aria-valuetext={`${percent} %`}
        onInput={(event) => setVolume(Number(event.currentTarget.value) / 100)}
      />
      <output class="number">{muted ? '–' : percent}</output>
    </div>
  );
}
