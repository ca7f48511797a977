/** The volume of this browser and of the programs that play, under the bar. */
import { LayerFrame } from '../layers/layer-frame.tsx';
import { errorText } from '../ui/error-text.ts';
import { t } from '../ui/strings/catalogue.ts';
import {
  muted,
  programs,
  setProgramMuted,
  setProgramVolume,
  setVolume,
  soundState,
  toggleMuted,
  volume,
} from './control.ts';
import { VolumeRow } from './volume-row.tsx';

export function VolumeLayer() {
  return (
    <LayerFrame kind="volume" label={t.sound.button} class="volume" style={{ insetInlineEnd: '8px', top: '42px' }}>
      <VolumeRow
        name={t.sound.here}
        volume={volume.value}
        muted={muted.value}
        setVolume={setVolume}
        setMuted={toggleMuted}
        test="volume-here"
      />
      <p class="small" role="status" data-test="sound-state">
        {stateText()}
      </p>
      {programs.value.map((program) => (
        <VolumeRow
          key={program.index}
          name={program.program || program.title || t.sound.unnamed}
          volume={program.volume}
          muted={program.muted}
          setVolume={(to) => setProgramVolume(program, to)}
          setMuted={(to) => setProgramMuted(program, to)}
          test="volume-program"
        />
      ))}
    </LayerFrame>
  );
}

function stateText(): string {
  const now = soundState.value;
  switch (now.state) {
    case 'off':
    case 'connecting':
      return t.sound.connecting;
    case 'waiting':
      return t.sound.waiting;
    case 'on':
      return programs.value.length === 0 ? t.sound.silent : t.sound.playing;
    case 'silent':
      return t.sound.forbidden;
    case 'lost':
      return `${t.sound.lost} ${now.reason}`;
    case 'refused':
      return `${t.sound.refused} ${errorText(now.error)}`;
    default:
      return now satisfies never;
  }
}
