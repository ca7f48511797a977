/** Records the start trace of a desktop: the current step, and the duration of each. */
import type { StartStep, StartStepName, StartTrace } from '#protocol/desktop.ts';

const COLD: readonly StartStepName[] = [
  'authorise',
  'image',
  'home',
  'create',
  'display',
  'window_manager',
  'first_pixel',
];
const WARM: readonly StartStepName[] = ['authorise', 'first_pixel'];

export class TraceRecorder {
  readonly #kind: StartTrace['kind'];
  readonly #usualMs: number | null;
  readonly #now: () => number;
  readonly #startedMs: number;
  readonly #startedAt: Date;
  readonly #steps: StartStep[];
  #stepStartedMs: number;
  #browserMs: number | null = null;

  /** `now` is a monotonic clock in ms. */
  constructor(kind: StartTrace['kind'], usualMs: number | null, now: () => number = () => performance.now()) {
    this.#kind = kind;
    this.#usualMs = usualMs;
    this.#now = now;
    this.#startedMs = now();
    this.#stepStartedMs = this.#startedMs;
    this.#startedAt = new Date();
    this.#steps = (kind === 'cold' ? COLD : WARM).map((name) => ({ name, state: 'waiting', ms: 0 }));
  }

  /** Ends the current step and skipped ones before this one, then starts this one. */
  begin(name: StartStepName): void {
    this.#close('done');
    const index = this.#steps.findIndex((step) => step.name === name);
    for (const step of this.#steps.slice(0, index)) if (step.state === 'waiting') step.state = 'done';
    const step = this.#steps[index];
    if (step) step.state = 'running';
  }

  detail(text: string): void {
    const step = this.#running();
    if (step) step.detail = text;
  }

  end(): void {
    this.#close('done');
  }

  fail(): void {
    this.#close('failed');
  }

  /** The browser painted its first frame, by its own clock after this long. Returns true the first time only. */
  firstPixel(browserMs: number): boolean {
    const step = this.#steps.find((candidate) => candidate.name === 'first_pixel');
    if (!step || step.state === 'done') return false;
    if (step.state === 'waiting') this.begin('first_pixel');
    this.#close('done');
    this.#browserMs = round(browserMs);
    return true;
  }

  snapshot(): StartTrace {
    const steps = this.#steps.map((step) =>
      step.state === 'running' ? { ...step, ms: round(this.#now() - this.#stepStartedMs) } : { ...step },
    );
    const totalMs = round(steps.reduce((sum, step) => sum + step.ms, 0));
    return {
      startedAt: this.#startedAt.toISOString(),
      kind: this.#kind,
      steps,
      totalMs,
      usualMs: this.#usualMs,
      ...(this.#browserMs === null ? {} : { browserMs: this.#browserMs }),
    };
  }

  #running(): StartStep | undefined {
    return this.#steps.find((step) => step.state === 'running');
  }

  #close(state: 'done' | 'failed'): void {
    const now = this.#now();
    const step = this.#running();
    if (step) {
      step.state = state;
      step.ms = round(now - this.#stepStartedMs);
      if (state === 'done') delete step.detail;
    }
    this.#stepStartedMs = now;
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
