/**
 * The microphone of one desktop at this gateway: which programs record, whose page speaks, and what becomes of its samples. Nobody
 * is heard while no program records. Other gateways of the same desktop are seen as what they are: streams that play into it.
 */
import { ignore } from '#protocol/ignore.ts';
import { SOUND_RATE, SPOKEN_SAMPLES } from '#protocol/sound-frames.ts';
import type { RecordingProgram, SoundNotice, Speaker } from '#protocol/sound.ts';
import { presentProgram } from './present-program.ts';
import type { PulseClient } from './pulse-client.ts';
import { CLIENT_NAME, type SinkInput, type SourceOutput } from './pulse-messages.ts';
import { SpokenFrames } from './spoken-frames.ts';
import type { Talker, Voice } from './talker.ts';

/** images/sound: programs record from the source, which is what the sink plays. */
export const MICROPHONE = { sink: 'microphone_in', source: 'microphone' } as const;
const MS_BYTES = (SOUND_RATE / 1_000) * 2;
const FRAME_BYTES = SPOKEN_SAMPLES * 2;
/** How much waits at most: so late is what a slow network delayed. */
const MOST_BYTES = 120 * MS_BYTES;
/** What waits before it is heard, at first and after a gap. */
const START_BYTES = 30 * MS_BYTES;
const STEP_BYTES = 10 * MS_BYTES;
/** While more than this waits, quiet moments are left out until it doesn't. */
const GOOD_BYTES = 60 * MS_BYTES;
/** Of 32768: -40 dB. */
const QUIET = 328;

/** What was found at a look: the streams of the microphone. */
export interface MicrophoneStreams {
  readonly playing: readonly SinkInput[];
  readonly recording: readonly SourceOutput[];
}

export interface MicrophoneDeps {
  /** All pages that are informed about the microphone. */
  readonly talkers: ReadonlySet<Talker>;
  readonly began: (talker: Talker, programs: readonly string[]) => void;
  readonly ended: (talker: Talker, ms: number) => void;
}

export class Microphone {
  readonly #deps: MicrophoneDeps;
  /** Null until the first look. */
  #programs: readonly RecordingProgram[] | null = null;
  #talker: Talker | null = null;
  #since = 0;
  #frames: SpokenFrames | null = null;
  #client: PulseClient | null = null;
  /** The index of our own sink input; `opening` until it is known. */
  #stream: number | 'opening' | null = null;
  /** The latest index that we had: after its end, the stream may be listed once more. */
  #lastStream: number | null = null;
  #speaksElsewhere = false;

  constructor(deps: MicrophoneDeps) {
    this.#deps = deps;
  }

  /** What somebody who has just come needs to know. */
  greet(talker: Talker): void {
    if (this.#programs) talker.note(this.#recording());
    talker.note(this.#speaker(talker));
  }

  /** Sound from the page that had the microphone before is dropped from now on. */
  speak(talker: Talker, voice: Voice): void {
    if (voice === 'none') return this.leave(talker);
    if (this.#talker !== talker) {
      this.#end();
      this.#talker = talker;
      this.#since = performance.now();
      this.#deps.began(
        talker,
        (this.#programs ?? []).map(({ program }) => program),
      );
    }
    this.#frames?.[Symbol.dispose]();
    this.#frames = new SpokenFrames(voice);
    this.#open();
    this.#tellSpeaker();
  }

  leave(talker: Talker): void {
    if (this.#talker !== talker) return;
    this.#end();
    this.#tellSpeaker();
  }

  /** 20 ms from a page. False if that is not what it is. */
  take(talker: Talker, message: Buffer): boolean {
    // It may have been on its way when another page began.
    if (talker !== this.#talker || this.#frames === null) return true;
    const frame = this.#frames.samples(message);
    if (frame === 'damaged') return false;
    if (frame !== 'too many') this.#write(frame);
    return true;
  }

  connected(client: PulseClient): void {
    this.#client = client;
  }

  /** What programs recorded is unknown until the service is back. */
  disconnected(): void {
    this.#client = null;
    this.#stream = null;
    this.saw({ playing: [], recording: [] });
    this.#programs = null;
  }

  saw({ playing, recording }: MicrophoneStreams): void {
    const programs = recording.filter(({ paused, isMeter }) => !paused && !isMeter).map(presentProgram);
    if (JSON.stringify(programs) !== JSON.stringify(this.#programs)) {
      this.#programs = programs;
      for (const talker of this.#deps.talkers) talker.note(this.#recording());
    }
    const own = this.#stream;
    const others = playing.filter(({ program, index }) => program === CLIENT_NAME && index !== this.#lastStream);
    const yields = typeof own === 'number' && others.some(({ index }) => index > own);
    const speaksElsewhere = own !== 'opening' && others.length > 0;
    const changes = speaksElsewhere !== this.#speaksElsewhere;
    this.#speaksElsewhere = speaksElsewhere;
    if (this.#talker && (yields || programs.length === 0)) {
      this.#end();
      this.#tellSpeaker();
    } else if (changes) this.#tellSpeaker();
    this.#open();
  }

  #write(frame: Buffer): void {
    if (typeof this.#stream !== 'number' || this.#client === null) return;
    const { waiting, free } = this.#client.room;
    if (free < FRAME_BYTES || (waiting > GOOD_BYTES && isQuiet(frame))) return;
    this.#client.write(frame);
  }

  #open(): void {
    const client = this.#client;
    if (client === null || this.#talker === null || this.#stream !== null || !this.#programs?.length) return;
    this.#stream = 'opening';
    void this.#play(client);
  }

  async #play(client: PulseClient): Promise<void> {
    const wish = { sink: MICROPHONE.sink, rate: SOUND_RATE };
    const index = await client
      .play({ ...wish, mostBytes: MOST_BYTES, startBytes: START_BYTES, stepBytes: STEP_BYTES })
      .catch(ignore('the next look tries again', null));
    if (client !== this.#client) return;
    this.#stream = index;
    if (index === null) return;
    this.#lastStream = index;
    if (this.#talker === null) this.#close();
  }

  #close(): void {
    // While it opens, `#play` closes it.
    if (typeof this.#stream !== 'number') return;
    this.#stream = null;
    this.#client?.stopPlaying().catch(ignore('the connection has ended'));
  }

  #end(): void {
    if (this.#talker) this.#deps.ended(this.#talker, performance.now() - this.#since);
    this.#talker = null;
    this.#frames?.[Symbol.dispose]();
    this.#frames = null;
    this.#close();
  }

  #tellSpeaker(): void {
    for (const talker of this.#deps.talkers) talker.note(this.#speaker(talker));
  }

  #recording(): SoundNotice {
    return { kind: 'recording', programs: [...(this.#programs ?? [])] };
  }

  #speaker(talker: Talker): SoundNotice {
    const nobody: Speaker = this.#speaksElsewhere ? 'another' : 'nobody';
    const another: Speaker = this.#talker === talker ? 'you' : 'another';
    return { kind: 'speaker', who: this.#talker === null ? nobody : another };
  }
}

function isQuiet(frame: Buffer): boolean {
  for (let at = 0; at + 1 < frame.length; at += 2) if (Math.abs(frame.readInt16LE(at)) >= QUIET) return false;
  return true;
}
