/** The microphone of this browser, with echo cancelled: asks the user, then sends samples to a port until it is stopped. */
import { SOUND_RATE } from '#protocol/sound-frames.ts';
import { ignore } from '#protocol/ignore.ts';
import worklet from './capture-worklet.ts?worker&url';

const WISH = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export interface Capture {
  /** Carries its samples. */
  readonly spoken: MessagePort;
  setMuted(muted: boolean): void;
  stop(): void;
}

/** Fails as `getUserMedia` does. `ended` is called when the browser takes the microphone away. */
export async function captureMicrophone(ended: () => void): Promise<Capture> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: WISH });
  const context = new AudioContext({ sampleRate: SOUND_RATE });
  const { port1, port2 } = new MessageChannel();
  const stop = (): void => {
    for (const track of stream.getTracks()) track.stop();
    context.close().catch(ignore('it is closed'));
  };
  try {
    await context.audioWorklet.addModule(worklet);
    const source = context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(context, 'deskpod-capture', {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    node.port.postMessage(null, [port1]);
    source.connect(node);
    for (const track of stream.getAudioTracks()) track.addEventListener('ended', ended);
    return {
      spoken: port2,
      setMuted: (muted) => {
        for (const track of stream.getAudioTracks()) track.enabled = !muted;
        if (muted) source.disconnect();
        else source.connect(node);
      },
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}
