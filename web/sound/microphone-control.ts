/**
 * When this page's microphone is on: while programs record, after the user agreed, until one of them ends it or another page of the
 * user takes over. Asks by itself once for each program that begins to record, and only while the page is visible.
 */
import type { RecordingProgram, Speaker } from '#protocol/sound.ts';

/** A microphone that is on. */
export interface Captured {
  /** Sends what it hears to the gateway from now on. */
  speak(): void;
  setMuted(muted: boolean): void;
  stop(): void;
}

/** Why there is no microphone: the server or the user says no, or the browser has none to give. */
export type MicrophoneProblem = 'forbidden' | 'denied' | 'missing' | 'busy' | 'insecure' | 'failed';

export type MicrophoneState =
  | { readonly state: 'unused' }
  /** The browser asks the user. */
  | { readonly state: 'asking' }
  | { readonly state: 'on'; readonly muted: boolean }
  /** A program records silence: the user ended it, or another page did. */
  | { readonly state: 'off' }
  /** Another page of the user speaks. */
  | { readonly state: 'elsewhere' }
  | { readonly state: 'failed'; readonly problem: MicrophoneProblem };

export interface MicrophoneDeps {
  /** Asks the user. `ended` is called when the browser takes the microphone away. */
  readonly capture: (ended: () => void) => Promise<Captured>;
  readonly hush: () => void;
  readonly isVisible: () => boolean;
  /** Browsers give the microphone only to such pages. */
  readonly isSecure: () => boolean;
  readonly show: (state: MicrophoneState) => void;
}

export class MicrophoneControl {
  readonly #deps: MicrophoneDeps;
  #allowed = true;
  #programs: readonly RecordingProgram[] = [];
  /** Programs for which the user was asked, by their index. */
  readonly #asked = new Set<number>();
  #speaker: Speaker = 'nobody';
  #state: MicrophoneState = { state: 'unused' };
  #captured: Captured | null = null;
  /** The gateway has said that it hears this page, at this connection. */
  #confirmed = false;
  /** Counts attempts: an answer to an earlier one comes too late. */
  #attempt = 0;

  constructor(deps: MicrophoneDeps) {
    this.#deps = deps;
  }

  /** Whether the server allows it. */
  allow(allowed: boolean): void {
    this.#allowed = allowed;
  }

  /** All programs that record now. */
  recording(programs: readonly RecordingProgram[]): void {
    this.#programs = programs;
    if (programs.length > 0) return this.consider();
    this.#release();
    this.#asked.clear();
    this.#show({ state: 'unused' });
  }

  speaker(who: Speaker): void {
    this.#speaker = who;
    this.#confirmed ||= who === 'you';
    const { state } = this.#state;
    // The one that spoke before the gateway heard of us: this page's former connection, for example.
    if (state === 'on' && !this.#confirmed) return;
    if (who === 'another' && this.#programs.length > 0 && state !== 'asking') {
      this.#release();
      this.#remember();
      this.#show({ state: 'elsewhere' });
    } else if (who === 'nobody' && state === 'elsewhere') this.#show({ state: 'off' });
  }

  /** The connection is lost; at the next one, the microphone is announced again. */
  disconnected(): void {
    this.#confirmed = false;
  }

  /** Asks the user if a program has begun to record. Also called when the page becomes visible. */
  consider(): void {
    const { state } = this.#state;
    const isNew = this.#programs.some(({ index }) => !this.#asked.has(index));
    if (!isNew || state === 'on' || state === 'asking' || state === 'elsewhere') return;
    if (!this.#allowed) {
      this.#remember();
      return this.#show({ state: 'failed', problem: 'forbidden' });
    }
    if (this.#speaker === 'another') return this.speaker('another');
    if (this.#deps.isVisible()) void this.start();
  }

  /** Asks the user now, and takes over from another page. */
  async start(): Promise<void> {
    if (this.#captured || this.#programs.length === 0) return;
    this.#remember();
    if (!this.#deps.isSecure()) return this.#fail('insecure');
    this.#attempt += 1;
    const attempt = this.#attempt;
    this.#show({ state: 'asking' });
    try {
      const captured = await this.#deps.capture(() => attempt === this.#attempt && this.#lose());
      if (attempt !== this.#attempt) return captured.stop();
      this.#captured = captured;
      this.#confirmed = false;
      captured.speak();
      this.#show({ state: 'on', muted: false });
    } catch (error) {
      if (attempt === this.#attempt) this.#fail(problemOf(error));
    }
  }

  setMuted(muted: boolean): void {
    if (!this.#captured) return;
    this.#captured.setMuted(muted);
    this.#show({ state: 'on', muted });
  }

  /** The programs hear silence until one more begins to record, or the user changes their mind. */
  stop(): void {
    this.#release();
    this.#show({ state: this.#programs.length === 0 ? 'unused' : 'off' });
  }

  /** Says nothing more about it. */
  dismiss(): void {
    this.#release();
    this.#show({ state: 'unused' });
  }

  #remember(): void {
    for (const { index } of this.#programs) this.#asked.add(index);
  }

  /** There may be another device, or else the browser says why there is none. */
  #lose(): void {
    this.#release();
    void this.start();
  }

  #fail(problem: MicrophoneProblem): void {
    this.#release();
    this.#show({ state: 'failed', problem });
  }

  #release(): void {
    this.#attempt += 1;
    if (!this.#captured) return;
    this.#captured.stop();
    this.#captured = null;
    this.#deps.hush();
  }

  #show(state: MicrophoneState): void {
    this.#state = state;
    this.#deps.show(state);
  }
}

function problemOf(error: unknown): MicrophoneProblem {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'failed';
}
