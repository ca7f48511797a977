/** What this server has put into the X clipboard, and its answers to the programs that paste it (ICCCM, section 2.2). */
import type { XEvent } from 'x11';
import type { ClipboardForm, ClipboardOffer, ClipboardType } from '#protocol/clipboard.ts';
import type { AtomName, Atoms } from './atoms.ts';
import { Bell } from './bell.ts';
import { EVENTS, type SelectionConnection } from './connection.ts';

/** Less than the largest request without big requests (256 KiB). Xvnc takes text in one piece only, so it is large. */
const PIECE_BYTES = 240 * 1024;
/** How long a program may take for each piece. */
const PIECE_MS = 10_000;
/** Answers under way; programs that ask for more at once are refused. */
const MOST_ANSWERS = 16;
const DELETED = 1;
/** All events that `windows.ts` selects, because a connection has one selection per window. */
const FOLLOWED = EVENTS.PropertyChange | EVENTS.StructureNotify | EVENTS.VisibilityChange;

/** The names of each form among X programs; the first one that an owner offers is read. */
export const TARGETS_OF: Readonly<Record<ClipboardType, readonly AtomName[]>> = {
  'text/plain': ['UTF8_STRING', 'text/plain;charset=utf-8', 'text/plain'],
  'text/html': ['text/html'],
  'image/png': ['image/png'],
  'text/uri-list': ['text/uri-list'],
  'x-special/gnome-copied-files': ['x-special/gnome-copied-files'],
};

/** Without it, Firefox and LibreOffice guess the encoding. */
const HTML_HEAD = Buffer.from('<meta http-equiv="content-type" content="text/html; charset=utf-8">');

interface Request {
  readonly requestor: number;
  readonly selection: number;
  readonly target: number;
  readonly property: number;
  readonly time: number;
}

export class OwnedSelection {
  /** The owner, as X knows it: another one each time, so that an earlier loss isn't mistaken for this one's. */
  readonly window: number;
  readonly offer: ClipboardOffer;
  /** When it became the owner, in the X server's time. */
  since = 0;
  readonly #x: SelectionConnection;
  readonly #atoms: Atoms;
  readonly #forms: ReadonlyMap<ClipboardType, Buffer>;
  readonly #targets: ReadonlyMap<number, Buffer>;
  #answers = 0;

  constructor(
    x: SelectionConnection,
    atoms: Atoms,
    window: number,
    offer: ClipboardOffer,
    forms: readonly ClipboardForm<Buffer>[],
  ) {
    this.#x = x;
    this.#atoms = atoms;
    this.window = window;
    this.offer = offer;
    this.#forms = new Map(forms.map(({ type, data }) => [type, data]));
    this.#targets = new Map(
      forms.flatMap(({ type, data }) => {
        const sent = type === 'text/html' && !data.includes('charset=') ? Buffer.concat([HTML_HEAD, data]) : data;
        return TARGETS_OF[type].map((name): [number, Buffer] => [atoms.number(name), sent]);
      }),
    );
  }

  read(type: ClipboardType): Buffer | null {
    return this.#forms.get(type) ?? null;
  }

  /** Resolves when the request is answered; rejects with the connection. */
  async answer(event: XEvent): Promise<void> {
    const { requestor, selection, target, time = 0 } = event;
    if (requestor === undefined || selection === undefined || target === undefined) return;
    // Programs from before 1989 name no property (ICCCM, section 2.2).
    const request = { requestor, selection, target, time, property: event.property || target };
    this.#answers += 1;
    try {
      if (this.#answers > MOST_ANSWERS || !(await this.#send(request)))
        await this.#x.notifySelection({ ...request, property: 0 });
    } finally {
      this.#answers -= 1;
    }
  }

  /** False if this form doesn't exist. */
  async #send(request: Request): Promise<boolean> {
    const { requestor, target, property } = request;
    const name = this.#atoms.name(target);
    const data = this.#targets.get(target);
    if (data !== undefined) {
      if (data.length > PIECE_BYTES) await this.#sendPieces(request, data);
      else await this.#reply(request, { atom: property, type: target, format: 8, data });
    } else if (name === 'TARGETS') {
      const targets = [this.#atoms.number('TARGETS'), this.#atoms.number('TIMESTAMP'), ...this.#targets.keys()];
      await this.#reply(request, { atom: property, type: this.#atoms.number('ATOM'), format: 32, data: targets });
    } else if (name === 'TIMESTAMP') {
      await this.#x.changeProperty(requestor, {
        atom: property,
        type: this.#atoms.number('INTEGER'),
        format: 32,
        data: [this.since],
      });
      await this.#x.notifySelection(request);
    } else return false;
    return true;
  }

  async #reply(request: Request, value: Parameters<SelectionConnection['changeProperty']>[1]): Promise<void> {
    if (await this.#x.changeProperty(request.requestor, value)) await this.#x.notifySelection(request);
  }

  /** The program deletes the property when it has read a piece; an empty piece is the end (ICCCM, section 2.7.2). */
  async #sendPieces(request: Request, data: Buffer): Promise<void> {
    const { requestor, property, target } = request;
    const bell = new Bell();
    const stop = this.#x.onEvent((event) => {
      if (event.name !== 'PropertyNotify' || event.state !== DELETED) return;
      if (event.wid === requestor && event.atom === property) bell.ring();
    });
    try {
      if (!(await this.#x.select(requestor, FOLLOWED))) return;
      const incr = this.#atoms.number('INCR');
      if (!(await this.#x.changeProperty(requestor, { atom: property, type: incr, format: 32, data: [data.length] })))
        return;
      bell.clear();
      await this.#x.notifySelection(request);
      let piece: Buffer;
      let offset = 0;
      do {
        if (!(await bell.wait(PIECE_MS))) return;
        piece = data.subarray(offset, offset + PIECE_BYTES);
        offset += piece.length;
      } while (
        (await this.#x.changeProperty(requestor, { atom: property, type: target, format: 8, data: piece })) &&
        piece.length > 0
      );
    } finally {
      stop();
    }
  }
}
