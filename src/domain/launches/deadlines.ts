/** How long each part of a launch may take. */
export interface Deadlines {
  /** Until its process has started. */
  readonly startMs: number;
  /** Until its image is present. */
  readonly installMs: number;
  /** For the engine to undo a cancelled start. */
  readonly undoMs: number;
  /** For the engine to stop or remove a launch, beyond the app's grace period. */
  readonly stopMs: number;
  /** After this, an app must run whose start another server began and abandoned. */
  readonly orphanMs: number;
  /** How much later than its launches the end of their desktop may be reported. */
  readonly desktopEndMs: number;
  /** For the engine to list what exists. */
  readonly askMs: number;
}

export const DEADLINES: Deadlines = {
  startMs: 120_000,
  installMs: 20 * 60_000,
  undoMs: 5_000,
  stopMs: 20_000,
  orphanMs: 60_000,
  desktopEndMs: 2_000,
  askMs: 10_000,
};
