/** Plays what a terminal printed: play and pause, speed, any moment by the slider; pauses are cut. */
import type { DebugSession } from '#protocol/debug.ts';
import { Pause, Play, RotateCcw } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Cast, clock, parseCast, SPEEDS } from '../debug/asciicast.ts';
import { objectOf } from '../debug/sessions.ts';
import { api } from '../state/api.ts';
import { dateTime } from '../ui/format.ts';
import { Icon } from '../ui/icon.tsx';
import { LayerFrame } from '../ui/layer.tsx';
import { closeLayer } from '../ui/layers.ts';
import { useRemote } from '../ui/remote.ts';
import { t } from '../ui/strings/catalogue.ts';
import { Blank, Failure, Loading } from '../ui/views.tsx';
import { fontsReady } from './shell-view.ts';
import { type RecordingView, recordingView } from './recording-view.ts';
import './recording.css';

export default function Recording({ session }: { session: DebugSession }) {
  const [text, retry] = useRemote(session.id, (signal) => api.debug.transcript(session.id, signal));
  const cast = text.state === 'there' ? parseCast(text.value) : null;
  const title = t.recording.title(session.by.name, objectOf(session));
  return (
    <LayerFrame kind="recording" label={title} look="dialog recording" dim>
      <h2 class="truncate">{title}</h2>
      <p class="small">{dateTime(session.startedAt ?? session.askedAt)}</p>
      {text.state === 'loading' && <Loading />}
      {text.state === 'failed' && <Failure error={text.error} retry={retry} />}
      {text.state === 'there' && !cast && <Blank title={t.recording.unreadable} />}
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
  const over = at >= cast.lengthMs;

  useEffect(() => {
    let gone = false;
    void fontsReady().then(() => {
      if (gone || !box.current) return;
      view.current = recordingView(box.current, cast);
      view.current.show(at);
    });
    return () => {
      gone = true;
      view.current?.dispose();
      view.current = null;
    };
    // `cast` is parsed anew with each drawing; its text is the same.
  }, []);
  useEffect(() => view.current?.show(at), [at]);
  useEffect(() => {
    if (!playing || over) return undefined;
    let before = performance.now();
    let frame = requestAnimationFrame(function step(now) {
      setAt((moment) => Math.min(cast.lengthMs, moment + (now - before) * speed));
      before = now;
      frame = requestAnimationFrame(step);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, over, speed]);

  const toggle = () => {
    if (over) setAt(0);
    setPlaying(over || !playing);
  };
  const label = over ? t.recording.again : playing ? t.recording.pause : t.recording.play;
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
          <Icon of={over ? RotateCcw : playing ? Pause : Play} size={15} />
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
