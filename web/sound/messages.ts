/** What the page, the worker that receives sound and the worklet that plays it say to each other. */
import type { SoundCodec } from '#protocol/sound.ts';

/** The first message to the worker. */
export interface WorkerPorts {
  /** Carries {@link ToWorker} and {@link FromWorker}. */
  readonly control: MessagePort;
  /** Carries {@link Samples} to where they are played. */
  readonly samples: MessagePort;
}

export type ToWorker =
  | { readonly kind: 'connect'; readonly url: string; readonly protocols: readonly string[] }
  /** What to receive from now on: `none` while muted. */
  | { readonly kind: 'listen'; readonly wanted: boolean }
  /** What a microphone says, in {@link Spoken}, is sent from now on. The page closes the port at the end. */
  | { readonly kind: 'speak'; readonly spoken: MessagePort }
  | { readonly kind: 'hush' }
  /** A message to the gateway, as text. */
  | { readonly kind: 'send'; readonly text: string }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'connected' }
  | { readonly kind: 'closed'; readonly code: number }
  /** A message from the gateway, as text. */
  | { readonly kind: 'notice'; readonly text: string };

export interface Samples {
  readonly left: Float32Array;
  readonly right: Float32Array;
  readonly starts: boolean;
}

/** What of it the browser can receive. */
export type Receivable = Exclude<SoundCodec, 'none'>;

/** Samples of a microphone, at 48 kHz, in pieces of any length. */
export type Spoken = Float32Array<ArrayBuffer>;
