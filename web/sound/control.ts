/** The sound of the desktop, for the rest of the UI: its state, its volume here, what plays, and the microphone. */
import { effect, signal } from '@preact/signals';
import { z } from 'zod';
import { parseJson } from '#protocol/json.ts';
import type { ListenerMessage, Playing, RecordingProgram } from '#protocol/sound.ts';
import { launches } from '../state/store.ts';
import { readStored, writeStored } from '../ui/stored.ts';
import type { MicrophoneControl, MicrophoneState } from './microphone-control.ts';

export type SoundState =
  | { readonly state: 'off' }
  /** Browsers keep a page silent until the user has clicked or pressed a key in it. */
  | { readonly state: 'waiting' }
  | { readonly state: 'connecting' }
  | { readonly state: 'on' }
  /** The sound service doesn't answer; the gateway keeps trying. */
  | { readonly state: 'lost'; readonly reason: string }
  /** The server lets nobody hear desktops. */
  | { readonly state: 'silent' }
  /** The server doesn't let this desktop be heard. */
  | { readonly state: 'refused'; readonly error: unknown };

/** A program that plays, with its launch where that is known. */
export interface PlayingProgram extends Playing {
  readonly launchId: string | null;
}

/** A program that records, with its launch where that is known. */
export interface Recorder extends RecordingProgram {
  readonly launchId: string | null;
}

const KEY = 'deskpod.sound';
const Kept = z.object({ volume: z.number().min(0).max(1), muted: z.boolean() }).catch({ volume: 1, muted: false });

const kept = Kept.parse(parseJson(readStored('local', KEY) ?? ''));

export const soundState = signal<SoundState>({ state: 'off' });
/** Of this browser, from 0 to 1. */
export const volume = signal(kept.volume);
export const muted = signal(kept.muted);
export const programs = signal<readonly PlayingProgram[]>([]);

export const recorders = signal<readonly Recorder[]>([]);
export const microphoneState = signal<MicrophoneState>({ state: 'unused' });
/** Null while the page doesn't listen. */
export const microphone: { control: MicrophoneControl | null } = { control: null };

export const current: { send: ((message: ListenerMessage) => void) | null } = { send: null };

effect(() => writeStored('local', KEY, JSON.stringify({ volume: volume.value, muted: muted.value })));

/** Those of these launches. */
export function programsOf(launches: readonly { readonly id: string }[]): readonly PlayingProgram[] {
  return programs.value.filter(({ launchId }) => launches.some(({ id }) => id === launchId));
}

/** Also ends muting: whoever moves the slider wants to hear something. */
export function setVolume(to: number): void {
  volume.value = to;
  muted.value = false;
}

export function toggleMuted(): void {
  muted.value = !muted.value;
}

/** The volume of one program for everybody who listens to the desktop; 1 is 100 %. */
export function setProgramVolume({ index }: Playing, to: number): void {
  change(index, { volume: to });
  current.send?.({ kind: 'volume', index, volume: to });
}

export function setProgramMuted({ index }: Playing, to: boolean): void {
  change(index, { muted: to });
  current.send?.({ kind: 'mute', index, muted: to });
}

/** Shown at once; the gateway confirms it. */
function change(index: number, to: Partial<Playing>): void {
  programs.value = programs.value.map((program) => (program.index === index ? { ...program, ...to } : program));
}

/** What people call the programs that record: the names of their apps, or else what they call themselves. */
export function recorderNames(): readonly string[] {
  const names = recorders.value.map(
    ({ launchId, program, title }) => launches.value.find(({ id }) => id === launchId)?.appName || program || title,
  );
  return [...new Set(names.filter((name) => name !== ''))];
}
