/** A folder of prints in memory. */
import { Readable } from 'node:stream';
import type { PrintFile, PrintFolder, PrintList } from '#domain/ports/prints.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { Print } from '#protocol/print.ts';

export class FakePrintFolder implements PrintFolder {
  readonly prints: Print[] = [];
  /** How often it was read. */
  looks = 0;
  /** If set, it can't be read. */
  broken = false;

  add(name: string, changedAt = new Date()): Print {
    const print = { name, bytes: 3, changedAt: new Date(Math.floor(changedAt.getTime() / 1000) * 1000).toISOString() };
    this.prints.push(print);
    return print;
  }

  async list(): Promise<PrintList> {
    this.looks += 1;
    if (this.broken) throw new DeskpodError('service_unavailable', 'It is broken.');
    return { prints: [...this.prints], now: new Date() };
  }

  async read(_desktopId: string, name: string): Promise<PrintFile> {
    if (!this.prints.some((print) => print.name === name)) throw new DeskpodError('not_found', 'There is none.');
    return { bytes: 3, content: Readable.from([Buffer.from('PDF')]) };
  }

  async remove(_desktopId: string, name: string): Promise<void> {
    const at = this.prints.findIndex((print) => print.name === name);
    if (at >= 0) this.prints.splice(at, 1);
  }
}
