/** The only error that reading Python literals ever throws. */
export class PythonError extends Error {
  override readonly name = 'PythonError';
  /** Counts from 1. */
  readonly line: number;
  readonly remedy: string;

  constructor(line: number, message: string, remedy: string) {
    super(message);
    this.line = line;
    this.remedy = remedy;
  }
}
