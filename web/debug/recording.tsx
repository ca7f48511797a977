/** Plays the recording of a terminal: play, pause, speed and seek. Long pauses are cut. */
import type { DebugSession } from '#protocol/debug.ts';
import { Pause, Play, RotateCcw } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Cast, clock, parseCast, SPEEDS } from './asciicast.ts';
import { objectOf } from './sessions.ts';
import { api } from '../state/api.ts';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../layers/layer-frame.tsx';
import { closeLayer } from '../layers/layers.ts';
import { useRemote } from '../state/use-remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { fontsReady } from '../terminal/shell-view.ts';
import { type RecordingView, recordingView } from './recording-view.ts';
import './recording.css';

export default function Recording({ session }: { session: DebugSession }) {
  const [text, retry] = useRemote(session.id, (signal) => api.debug.transcript(session.id, signal));
  const cast = text.state === 'loaded' ? parseCast(text.value) : null;
  const title = t.recording.title(session.by.name, objectOf(session));
  return (
    <LayerFrame kind="recording" label={title} class="dialog recording" dim>
      <h2 class="truncate">{title}</h2>
      <p class="small">{dateTime(session.startedAt ?? session.askedAt)}</p>
      {text.state === 'loading' && <Loading />}
      {text.state === 'failed' && <Failure error={text.error} retry={retry} />}
      {text.state === 'loaded' && !cast && <Blank title={t.recording.unreadable} />}
      {cast && cast.events.length === 0 && <Blank title={t.recording.empty} />}
      {cast && cast.events.length > 0 && <Player cast={cast} />}
      <div class="ends">
        <button type="button" onClick={() => closeLayer('recording')} data-test="recording-close">
          {t.close}
        </button>
      </div>
    </LayerFrame>
  );
}

function Player({ cast }: { cast: Cast }) {
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(true);
  const [speed, setSpeed] = useState(1);
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<RecordingView | null>(null);
  const ended = at >= cast.lengthMs;

  useEffect(() => {
    let disposed = false;
    void fontsReady().then(() => {
      if (disposed || !box.current) return;
      view.current = recordingView(box.current, cast);
      view.current.show(at);
    });
    return () => {
      disposed = true;
      view.current?.dispose();
      view.current = null;
    };
    // `cast` is parsed again at each rendering from the same text.
  }, []);
  useEffect(() => view.current?.show(at), [at]);
  useEffect(() => {
    if (!playing || ended) return undefined;
    let before = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      setAt((moment) => Math.min(cast.lengthMs, moment + (now - before) * speed));
      before = now;
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, ended, speed]);

  const toggle = () => {
    if (ended) setAt(0);
    setPlaying(ended || !playing);
  };
  const label = ended ? t.recording.again : playing ? t.recording.pause : t.recording.play;
  return (
    <>
      <div
        class="recording-box"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label={t.recording.screen}
        data-test="recording-box"
      />
      <div class="row recording-tools">
        <button type="button" class="icon" aria-label={label} title={label} onClick={toggle} data-test="recording-play">
          <Icon of={ended ? RotateCcw : playing ? Pause : Play} size={15} />
        </button>
        <input
          type="range"
          class="grow"
          min={0}
          max={Math.max(1, Math.round(cast.lengthMs))}
          value={Math.round(at)}
          aria-label={t.recording.moment}
          aria-valuetext={clock(at)}
          onInput={(event) => setAt(event.currentTarget.valueAsNumber)}
          data-test="recording-seek"
        />
        <span class="small number">
          {clock(at)} / {clock(cast.lengthMs)}
        </span>
        <select
          aria-label={t.recording.speed}
          value={speed}
          onChange={(event) => setSpeed(Number(event.currentTarget.value))}
          data-test="recording-speed"
        >
          {SPEEDS.map((one) => (
            <option key={one} value={one}>{`${one}×`}</option>
          ))}
        </select>
      </div>
      {cast.cutMs >= 1_000 && <p class="small">{t.recording.cut(clock(cast.cutMs))}</p>}
    </>
  );
}
