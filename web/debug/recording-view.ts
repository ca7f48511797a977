/** Shows a recording in a terminal that can seek to any position. */
import { type Cast, playedBy, sizeOf } from './asciicast.ts';
import { shellView } from '../terminal/shell-view.ts';

export interface RecordingView {
  /** Seeks to this position, in milliseconds. */
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
      // A terminal can't go back: replay from the start.
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
