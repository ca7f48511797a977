/** The port to the folder of a desktop into which its printer puts PDF files. */
import type { Readable } from 'node:stream';
import type { Print } from '#protocol/print.ts';

export interface PrintList {
  /** In any order. */
  readonly prints: readonly Print[];
  /** The clock of the service that lists them, for the age of a print. */
  readonly now: Date;
}

export interface PrintFile {
  readonly bytes: number;
  readonly content: Readable;
}

/** Methods fail with `service_unavailable` when the desktop's files can't be reached, with `desktop_missing` if it is gone. */
export interface PrintFolder {
  /** Empty as long as nothing has been printed. */
  list(desktopId: string, signal: AbortSignal): Promise<PrintList>;
  /** `not_found` without this file, `payload_too_large` if it is too large. The signal ends the wait for its first byte. */
  read(desktopId: string, name: string, signal: AbortSignal): Promise<PrintFile>;
  /** Idempotent. */
  remove(desktopId: string, name: string, signal: AbortSignal): Promise<void>;
}
