/**
 * The sound WebSocket, `/api/v1/sound`: what the programs of a desktop play, in frames of 10 ms, and the microphone that they
 * record. The ticket comes as a subprotocol in addition to `binary`, as for the screen.
 *
 * Binary messages from the gateway: sequence number and flags (`FrameFlag` in `sound-frames.ts`), both unsigned 16 bit
 * in network order, then one Opus packet or 1920 bytes of PCM (16 bit, little endian, left and right in turn). Nothing is
 * sent while nothing is heard. Binary messages to the gateway, while this page speaks and programs record: 20 ms of one channel,
 * as one Opus packet or 1920 bytes of PCM. Text messages are JSON: {@link ListenerMessage} to the gateway, {@link SoundNotice} from it.
 */
import { z } from 'zod';

export const SOUND_PATH = '/api/v1/sound';
/** Listeners of one desktop at one gateway. */
export const MAX_LISTENERS = 32;
/** 1.5 is 150 %, which distorts loud programs. */
export const MAX_VOLUME = 1.5;
/** Characters of names that programs give; longer ones are cut, longer names of machines left out. */
export const MAX_TEXT = 200;
export const MAX_MACHINE = 253;
/** Of a text message to the gateway. */
export const MAX_LISTENER_MESSAGE_BYTES = 1_024;

const Index = z.int().min(0).max(0xff_ff_ff_fe);

export const ListenerMessage = z.discriminatedUnion('kind', [
  /** What to send from now on; `none` while the listener is muted. Until the first one, nothing is sent. */
  z.object({ kind: z.literal('listen'), codec: z.enum(['opus', 'pcm', 'none']) }),
  /** The number of the latest frame that arrived. */
  z.object({ kind: z.literal('heard'), sequence: z.int().min(0).max(0xff_ff) }),
  /** The volume of one program for everybody who listens; 1 is 100 %. */
  z.object({ kind: z.literal('volume'), index: Index, volume: z.number().min(0).max(MAX_VOLUME) }),
  z.object({ kind: z.literal('mute'), index: Index, muted: z.boolean() }),
  /** The microphone of this page is on, and is sent in this form from now on; who spoke before is silenced. `none`: it is off. */
  z.object({ kind: z.literal('speak'), codec: z.enum(['opus', 'pcm', 'none']) }),
]);
export type ListenerMessage = z.infer<typeof ListenerMessage>;
export type SoundCodec = 'opus' | 'pcm' | 'none';

/** A program that records from the microphone. Names come from the program. */
export const RecordingProgram = z.object({
  index: Index,
  program: z.string().max(MAX_TEXT),
  title: z.string().max(MAX_TEXT),
  /** As it says: its process id, in its own view, and the name of its machine; see {@link SoundSource}. */
  pid: z.int().positive().nullable(),
  machine: z.string().max(MAX_MACHINE).nullable(),
});
export type RecordingProgram = z.infer<typeof RecordingProgram>;

/** A program that plays. */
export const Playing = RecordingProgram.extend({
  volume: z.number().min(0),
  muted: z.boolean(),
});
export type Playing = z.infer<typeof Playing>;

export const Speaker = z.enum(['nobody', 'you', 'another']);
export type Speaker = z.infer<typeof Speaker>;

export const SoundNotice = z.discriminatedUnion('kind', [
  /** What the ticket allows. The first message. */
  z.object({ kind: z.literal('rights'), output: z.boolean(), microphone: z.boolean() }),
  /** All programs that play now. Sent whenever that changes. */
  z.object({ kind: z.literal('playing'), inputs: z.array(Playing) }),
  /** All programs that record from the microphone now, whichever page has it. Sent whenever that changes. */
  z.object({ kind: z.literal('recording'), programs: z.array(RecordingProgram) }),
  /** Whose microphone they record. Sent whenever that changes. */
  z.object({ kind: z.literal('speaker'), who: Speaker }),
  /** Whether the sound service of the desktop answers; the gateway keeps trying. */
  z.object({ kind: z.literal('service'), up: z.boolean(), reason: z.string().nullable() }),
]);
export type SoundNotice = z.infer<typeof SoundNotice>;

/** Asks which launch plays or records, by what the program said to the sound service. */
export const SoundSource = z.object({
  pid: z.int().positive().max(4_194_304).nullable(),
  machine: z.string().max(MAX_MACHINE).nullable(),
});
export type SoundSource = z.infer<typeof SoundSource>;
export const SoundOwner = z.object({ launchId: z.string().nullable() });
