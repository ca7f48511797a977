/** How every engine makes a desktop: as a whole or not at all. Engines supply the steps. */
import type { DesktopReport, DesktopSpec, EngineDesktop } from '#domain/ports/engine.ts';
import { DeskpodError, messageOf } from '#domain/errors.ts';
import { ignore } from '#protocol/ignore.ts';

export interface Attempt {
  /** What a step has made goes here, to be removed when the start fails. */
  readonly undo: AsyncDisposableStack;
  readonly report: DesktopReport;
  readonly signal: AbortSignal;
}

export interface DesktopSteps<Prepared, Created> {
  readonly timeoutMs: number;
  /** Claims the name, and makes home, secrets and network. */
  prepare(attempt: Attempt): Promise<Prepared>;
  /** Creates the pod or container and starts it. */
  create(prepared: Prepared, attempt: Attempt): Promise<Created>;
  /** Resolves when the display accepts connections and a window manager manages it. */
  usable(created: Created, attempt: Omit<Attempt, 'undo'>): Promise<void>;
  /** Rejects when the desktop ends before it is usable; settles in no other way. */
  endsEarly(created: Created, signal: AbortSignal): Promise<never>;
  describe(created: Created, signal: AbortSignal): Promise<EngineDesktop>;
  /** Maps an error of the engine's API; null when its message says enough. */
  explain(error: unknown): DeskpodError | null;
}

export async function startDesktop<Prepared, Created>(
  spec: DesktopSpec,
  steps: DesktopSteps<Prepared, Created>,
  report: DesktopReport,
  outer: AbortSignal,
): Promise<EngineDesktop> {
  const signal = AbortSignal.any([outer, AbortSignal.timeout(steps.timeoutMs)]);
  refuseRoot(spec);
  await using undo = new AsyncDisposableStack();
  const attempt = { undo, report, signal };
  const step: DesktopReport = (name) => {
    report(name);
    // The listener may abort the start at this step.
    signal.throwIfAborted();
  };
  try {
    step('home');
    const prepared = await steps.prepare(attempt);
    signal.throwIfAborted();
    step('create');
    const created = await steps.create(prepared, attempt);
    step('display');
    await usableUnlessEnded(steps, created, attempt);
    const desktop = await steps.describe(created, signal);
    signal.throwIfAborted();
    undo.move();
    return desktop;
  } catch (error) {
    if (outer.aborted) throw outer.reason;
    if (signal.aborted) throw overdue(spec, steps.timeoutMs, error);
    if (error instanceof DeskpodError) throw error;
    throw steps.explain(error) ?? unknownFailure(spec, error);
  }
}

/** Stops the other of the two when one has decided. */
async function usableUnlessEnded<Created>(
  steps: Pick<DesktopSteps<unknown, Created>, 'usable' | 'endsEarly'>,
  created: Created,
  { report, signal: outer }: Attempt,
): Promise<void> {
  const decided = new AbortController();
  const signal = AbortSignal.any([outer, decided.signal]);
  const outcomes = [steps.endsEarly(created, signal), steps.usable(created, { report, signal })];
  for (const outcome of outcomes)
    outcome.catch(ignore('the start of the desktop reports the first of its two outcomes'));
  try {
    await Promise.race(outcomes);
  } finally {
    decided.abort();
  }
}

/** @throws DeskpodError `invalid_request` when its user would be root. */
function refuseRoot({ account }: DesktopSpec): void {
  if (account.uid > 0 && account.gid > 0) return;
  throw new DeskpodError('invalid_request', 'A desktop never runs as root: give its user another uid and gid.');
}

function overdue({ id }: DesktopSpec, timeoutMs: number, cause: unknown): DeskpodError {
  return new DeskpodError('timeout', `The desktop ${id} was not ready within ${timeoutMs / 1000} seconds.`, { cause });
}

function unknownFailure({ id }: DesktopSpec, cause: unknown): DeskpodError {
  return new DeskpodError('engine_unavailable', `The desktop ${id} could not be made: ${messageOf(cause)}`, { cause });
}
