/** Listens to the desktop, and lets it hear the microphone: from the user's first gesture until the signal aborts, whatever the network does meanwhile. */
import { effect, signal } from '@preact/signals';
import { ApiError, isPermanent } from '#client/errors.ts';
import { parseJson } from '#protocol/json.ts';
import { type Playing, type RecordingProgram, SoundNotice } from '#protocol/sound.ts';
import { keepConnected } from '../screen/reconnect.ts';
import { TicketCache } from '../screen/ticket-cache.ts';
import { api } from '../state/api.ts';
import { pause } from '../state/pause.ts';
import { captureMicrophone } from './capture.ts';
import {
  current,
  microphone,
  microphoneState,
  muted,
  programs,
  recorders,
  type SoundState,
  soundState,
  volume,
} from './control.ts';
import { SoundReceiver } from './link.ts';
import { MicrophoneControl } from './microphone-control.ts';
import { SoundOwners } from './owners.ts';
import { Player } from './player.ts';

const GESTURES = ['pointerdown', 'keydown', 'touchend'] as const;

export async function listen(stopping: AbortSignal): Promise<void> {
  soundState.value = { state: 'waiting' };
  stopping.addEventListener('abort', () => {
    soundState.value = { state: 'off' };
    programs.value = [];
    recorders.value = [];
  });
  await firstGesture(stopping);
  if (stopping.aborted) return;
  const player = new Player();
  onGesture(() => player.resume(), stopping);
  player.resume();
  const { port1, port2 } = new MessageChannel();
  const speaking = new MicrophoneControl({
    capture: async (ended) => {
      const capture = await captureMicrophone(ended);
      return { ...capture, speak: () => receiver.speak(capture.spoken) };
    },
    hush: () => receiver.hush(),
    isVisible: () => document.visibilityState === 'visible',
    isSecure: () => isSecureContext,
    show: (state) => (microphoneState.value = state),
  });
  const receiver = new SoundReceiver(port1, hear(speaking, stopping));
  stopping.addEventListener('abort', () => {
    current.send = null;
    speaking.recording([]);
    microphone.control = null;
    receiver.stop();
    player.close();
  });
  microphone.control = speaking;
  document.addEventListener('visibilitychange', () => speaking.consider(), { signal: stopping });
  current.send = (message) => receiver.send(JSON.stringify(message));
  const stopFollowing = effect(() => {
    player.volume = muted.value ? 0 : volume.value;
    receiver.listen(!muted.value);
  });
  stopping.addEventListener('abort', stopFollowing);
  await player.play(port2);
  await connect(receiver, speaking, stopping);
}

async function connect(receiver: SoundReceiver, speaking: MicrophoneControl, stopping: AbortSignal): Promise<void> {
  const ticket = new TicketCache({
    fetch: (until) => api.desktop.ticket(until, 'sound'),
    isFinal,
    now: () => Date.now(),
    pause,
  });
  void ticket.keepFresh(stopping);
  await keepConnected({
    signal: stopping,
    ticket: (until) => ticket.take(until),
    doubt: () => ticket.doubt(),
    open: (token) => receiver.connect(token),
    pause,
    onState: (state) => {
      if (stopping.aborted || soundState.value.state === 'refused') return;
      // Then the gateway tells how the service is.
      if (state !== 'closed') show({ state: 'connecting' });
      if (state === 'connected') return;
      programs.value = [];
      speaking.disconnected();
    },
    isFinal: (error) => {
      if (!isFinal(error)) return false;
      soundState.value = { state: 'refused', error };
      speaking.recording([]);
      return true;
    },
    now: () => performance.now(),
  });
}

/** A desktop without the service doesn't get one; a missing desktop's events report what happens next. */
function isFinal(error: unknown): boolean {
  if (error instanceof ApiError && error.code === 'service_unavailable') return true;
  return isPermanent(error) && error.code !== 'desktop_missing';
}

/** Shows what the gateway reports. */
function hear(speaking: MicrophoneControl, stopping: AbortSignal): (text: string) => void {
  let output = true;
  const recording = signal<readonly RecordingProgram[]>([]);
  const playing = signal<readonly Playing[]>([]);
  const known = signal(0);
  const owners = new SoundOwners(
    (source) => api.desktop.soundOwner(source),
    () => (known.value += 1),
  );
  const stop = effect(() => {
    // Read, so that this runs again when another launch is known.
    if (known.value < 0) return;
    programs.value = playing.value.map((program) => ({ ...program, launchId: owners.launchOf(program) }));
    recorders.value = recording.value.map((program) => ({ ...program, launchId: owners.launchOf(program) }));
  });
  stopping.addEventListener('abort', stop);
  return (text) => {
    // A newer gateway may send other messages.
    const notice = SoundNotice.safeParse(parseJson(text));
    if (!notice.success) return;
    const { data } = notice;
    switch (data.kind) {
      case 'rights':
        ({ output } = data);
        return speaking.allow(data.microphone);
      case 'playing':
        playing.value = data.inputs;
        return;
      case 'recording':
        recording.value = data.programs;
        return speaking.recording(data.programs);
      case 'speaker':
        return speaking.speaker(data.who);
      case 'service':
        if (!data.up) return show({ state: 'lost', reason: data.reason ?? '' });
        return show({ state: output ? 'on' : 'silent' });
      default:
        return data satisfies never;
    }
  };
}

function show(state: SoundState): void {
  soundState.value = state;
}

async function firstGesture(stopping: AbortSignal): Promise<void> {
  if (navigator.userActivation?.hasBeenActive) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = new AbortController();
  onGesture(resolve, AbortSignal.any([stopping, done.signal]));
  stopping.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  done.abort();
}

function onGesture(run: () => void, until: AbortSignal): void {
  for (const gesture of GESTURES) document.addEventListener(gesture, run, { capture: true, signal: until });
}
