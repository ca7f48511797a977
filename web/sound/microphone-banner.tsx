/** Over the desktop while programs record: which ones, whether they hear this browser's microphone, and what to do about it. */
import { Mic, MicOff, X } from 'lucide';
import { Icon } from '../ui/icon.tsx';
import { t } from '../ui/strings/catalogue.ts';
import { microphone, microphoneState, recorderNames } from './control.ts';
import type { MicrophoneState } from './microphone-control.ts';
import './microphone.css';

export function MicrophoneBanner() {
  const now = microphoneState.value;
  const heard = now.state === 'on' && !now.muted;
  return (
    <div role="status" class="microphone-place" data-test="microphone" data-microphone={now.state}>
      {now.state !== 'unused' && (
        <section class="microphone glass" aria-label={t.microphone.label}>
          <Icon of={heard ? Mic : MicOff} size={18} />
          <p class="grow" data-test="microphone-text">
            {textOf(now)}
          </p>
          <Actions now={now} />
        </section>
      )}
    </div>
  );
}

function Actions({ now }: { now: MicrophoneState }) {
  const { control } = microphone;
  if (now.state === 'on')
    return (
      <>
        <button
          type="button"
          aria-pressed={now.muted}
          onClick={() => control?.setMuted(!now.muted)}
          data-test="microphone-mute"
        >
          {t.microphone.mute}
        </button>
        <button type="button" onClick={() => control?.stop()} data-test="microphone-stop">
          {t.microphone.stop}
        </button>
      </>
    );
  const usable = now.state !== 'asking' && !(now.state === 'failed' && isFinal(now.problem));
  return (
    <>
      {usable && (
        <button type="button" onClick={() => void control?.start()} data-test="microphone-start">
          {now.state === 'failed' ? t.microphone.again : t.microphone.use}
        </button>
      )}
      <button
        type="button"
        class="quiet icon"
        aria-label={t.microphone.dismiss}
        title={t.microphone.dismiss}
        onClick={() => control?.dismiss()}
        data-test="microphone-dismiss"
      >
        <Icon of={X} size={15} />
      </button>
    </>
  );
}

function isFinal(problem: string): boolean {
  return problem === 'forbidden' || problem === 'insecure';
}

function textOf(now: MicrophoneState): string {
  const names = recorderNames();
  const who = names.length === 0 ? t.microphone.unnamed : t.microphone.names(names);
  switch (now.state) {
    case 'unused':
      return '';
    case 'asking':
      return t.microphone.asking(who);
    case 'on':
      return now.muted ? t.microphone.muted(who) : t.microphone.on(who);
    case 'off':
      return t.microphone.off(who);
    case 'elsewhere':
      return t.microphone.elsewhere(who);
    case 'failed':
      return `${t.microphone.off(who)} ${t.microphone.problems[now.problem]}`;
    default:
      return now satisfies never;
  }
}
