/** Shows a recording on a screen of its own: jumps to any moment, and can be drawn once without one. */
import { type Cast, playedBy, sizeOf } from '../debug/asciicast.ts';
import { shellView } from './shell-view.ts';

export interface RecordingView {
  /** Shows the film as it is at this moment. */
  readonly show: (at: number) => void;
  readonly dispose: () => void;
}

export function recordingView(box: HTMLElement, cast: Cast): RecordingView {
  const { screen } = shellView(box);
  screen.options.disableStdin = true;
  screen.options.cursorBlink = false;
  screen.resize(cast.columns, cast.rows);
  let played = 0;
  return {
    show: (at) => {
      const until = playedBy(cast, at);
      // There is no way back in a terminal but from its beginning.
      if (until < played) {
        screen.reset();
        screen.resize(cast.columns, cast.rows);
        played = 0;
      }
      for (const { kind, data } of cast.events.slice(played, until)) {
        const size = kind === 'size' ? sizeOf(data) : null;
        if (size) screen.resize(size.columns, size.rows);
        else if (kind === 'output') screen.write(data);
      }
      played = until;
    },
    dispose: () => screen.dispose(),
  };
}
