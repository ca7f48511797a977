/** The folder of prints, `~/PDF` (see images/printer), through the files service of a desktop. */
import type { IncomingMessage } from 'node:http';
import type { Engine } from '#domain/ports/engine.ts';
import type { PrintFile, PrintFolder, PrintList } from '#domain/ports/prints.ts';
import { DeskpodError } from '#domain/errors.ts';
import { MAX_PRINT_BYTES, PrintName } from '#protocol/print.ts';
import { filesIn } from './listing.ts';
import { ask, type FilesRequest } from './request.ts';

/** About 500 bytes a file. */
const MAX_LISTING_BYTES = 4 * 1024 * 1024;
const FOLDER = '/PDF/';

export class WebdavPrintFolder implements PrintFolder {
  readonly #engine: Pick<Engine, 'connect' | 'credentials'>;

  constructor(engine: Pick<Engine, 'connect' | 'credentials'>) {
    this.#engine = engine;
  }

  async list(desktopId: string, signal: AbortSignal): Promise<PrintList> {
    const asked = { method: 'PROPFIND', path: FOLDER, headers: { depth: '1' } } as const;
    const answer = await this.#ask(desktopId, asked, signal);
    const now = new Date(answer.headers.date ?? Date.now());
    if (answer.statusCode === 404) {
      answer.destroy();
      return { prints: [], now };
    }
    refuseOthers(answer, 207);
    const files = filesIn(await bounded(answer, signal));
    const prints = files
      .filter(({ name, bytes }) => PrintName.safeParse(name).success && bytes > 0)
      .map(({ name, bytes, changedAt }) => ({ name, bytes, changedAt: changedAt.toISOString() }));
    return { prints, now };
  }

  async read(desktopId: string, name: string, signal: AbortSignal): Promise<PrintFile> {
    const content = await this.#ask(desktopId, { method: 'GET', path: pathOf(name) }, signal);
    if (content.statusCode === 404) {
      content.destroy();
      throw notFound(name);
    }
    refuseOthers(content, 200);
    const bytes = Number(content.headers['content-length'] ?? Number.NaN);
    if (bytes <= MAX_PRINT_BYTES) return { bytes, content };
    content.destroy();
    throw new DeskpodError('payload_too_large', `${name} is too large to print or save here.`, {
      remedy: 'Copy it from the folder PDF in your home, or print fewer pages at once.',
    });
  }

  async remove(desktopId: string, name: string, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask(desktopId, { method: 'DELETE', path: pathOf(name) }, signal);
    if (answer.statusCode === 404) answer.destroy();
    else {
      refuseOthers(answer, 204);
      answer.destroy();
    }
  }

  async #ask(desktopId: string, asked: FilesRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return await ask(this.#engine, desktopId, await this.#engine.credentials(desktopId), asked, signal);
  }
}

function pathOf(name: string): string {
  if (!PrintName.safeParse(name).success) throw notFound(name);
  return `${FOLDER}${encodeURIComponent(name)}`;
}

function notFound(name: string): DeskpodError {
  return new DeskpodError('not_found', `There is no print ${name}.`);
}

function refuseOthers(answer: IncomingMessage, expected: number): void {
  if (answer.statusCode === expected) return;
  answer.destroy();
  throw new DeskpodError('service_unavailable', `The files service answered with status ${answer.statusCode}.`, {
    remedy: 'Look at the folder PDF in your home: it has to be a folder that you can write to.',
  });
}

async function bounded(answer: IncomingMessage, signal: AbortSignal): Promise<string> {
  const stop = (): void => void answer.destroy(new Error('The list of prints took too long.'));
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > MAX_LISTING_BYTES)
        throw new DeskpodError('service_unavailable', 'There are too many files in the folder PDF to list them.', {
          remedy: 'Move some of them to another folder.',
        });
      chunks.push(bytes);
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks).toString();
}
