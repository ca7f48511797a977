/**
 * Looking into what runs: asked for, agreed to, begun, recorded and ended. The store holds the truth; whichever server is
 * asked acts, and all tell their browsers.
 */
import type { DebugOffer, DebugSession, DebugTarget } from '../../protocol/debug.ts';
import type { TerminalSize } from '../../protocol/terminal.ts';
import type { Desktops } from '../desktops.ts';
import type { Engine } from '../engine.ts';
import { DeskpodError } from '../errors.ts';
import type { Hub } from '../hub.ts';
import type { Launches } from '../launches.ts';
import type { Replicas } from '../replicas.ts';
import type { Store } from '../store.ts';
import { DebugBook } from './book.ts';
import { DebugAsking } from './asking.ts';
import { DebugCare } from './care.ts';
import { DebugConsent } from './consent.ts';
import { DebugEnding, type DebugEvents } from './ending.ts';
import { DebugExits } from './exits.ts';
import { running } from './new-session.ts';
import { offerFor } from './offers.ts';
import type { DebugPolicy } from './policy.ts';
import { type DebugFilter, type DebugRecord, type DebugWant } from './record.ts';
import { endBy, type Looker, mayJoin, mayRead, mayReplay, mayType } from './rules.ts';
import type { Seat } from './shared-terminal.ts';
import { DebugStarting } from './starting.ts';
import { DebugTerminals, type TerminalCommand } from './terminals.ts';
import { Turns } from './turns.ts';
import { assertJoinable } from './words.ts';

export interface DebugDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly hub: Hub;
  readonly replicas: Replicas;
  readonly desktops: Desktops;
  readonly launches: Launches;
  /** Whether the image is one of an app that this person may start: then a copy may be made from it, too. */
  readonly mayRun: (looker: Looker, image: string) => boolean;
  readonly policy: DebugPolicy;
  readonly events: DebugEvents;
}

export class DebugSessions implements AsyncDisposable {
  readonly #deps: DebugDeps;
  readonly #book: DebugBook;
  readonly #terminals: DebugTerminals;
  readonly #ending: DebugEnding;
  readonly #asking: DebugAsking;
  readonly #starting: DebugStarting;
  readonly #consent: DebugConsent;
  readonly #care: DebugCare;

  constructor(deps: DebugDeps) {
    this.#deps = deps;
    const failed = deps.events.failed.bind(deps.events);
    const turns = new Turns();
    const book = new DebugBook({ ...deps, failed });
    const { me } = deps.replicas;
    const ending = new DebugEnding({ ...deps, book, turns });
    const terminals: DebugTerminals = new DebugTerminals({ ...deps, me, over: (...end) => exits.over(...end), failed });
    const exits = new DebugExits({ ...deps, me, book, ending, terminals, failed });
    this.#asking = new DebugAsking({ ...deps, book, me });
    this.#book = book;
    this.#terminals = terminals;
    this.#ending = ending;
    this.#starting = new DebugStarting({ ...deps, book, terminals, ending, turns });
    this.#consent = new DebugConsent({
      ...deps,
      book,
      ending,
      me,
      granted: (record) => this.#granted(record),
    });
    this.#care = new DebugCare({ ...deps, book, ending, terminals, failed });
    book.onChange((record) => {
      this.#changed(record).catch((error: unknown) => failed('telling a shared terminal of its session', error));
    });
  }

  offer(looker: Looker, target: DebugTarget): Promise<DebugOffer> {
    return offerFor(this.#deps, looker, target);
  }

  /** Returns once it is recorded; what follows is published. */
  async ask(looker: Looker, want: DebugWant): Promise<DebugSession> {
    const record = await this.#asking.ask(looker, want);
    if (record.session.grant !== null) this.#granted(record);
    return record.session;
  }

  /** By the person whose desktop it is. */
  async answer(looker: Looker, id: string, agree: boolean): Promise<DebugSession> {
    return await this.#consent.answer(looker, await this.#readable(looker, id), agree);
  }

  /** By an administrator, when that person does not answer. */
  async approve(looker: Looker, id: string, agree: boolean): Promise<DebugSession> {
    return await this.#consent.approve(looker, await this.#readable(looker, id), agree);
  }

  /** Its time to live begins anew. */
  async extend(looker: Looker, id: string): Promise<DebugSession> {
    const { session } = await this.#readable(looker, id);
    if (looker.id !== session.by.id)
      throw new DeskpodError('forbidden', 'Only the one who looks can ask for more time.');
    const extended = await this.#book.change(id, ['running'], { status: running(this.#deps.policy) });
    if (extended) return extended.session;
    throw new DeskpodError('conflict', 'It does not run.', { remedy: 'Begin another one.' });
  }

  /** By the one who looks, the person whose desktop it is, or an administrator. One that has ended is fine. */
  async end(looker: Looker, id: string): Promise<DebugSession> {
    const record = await this.#readable(looker, id);
    const reason = endBy(looker, record.session);
    if (reason === null)
      throw new DeskpodError('forbidden', 'Only who looks, who is looked at and administrators can end this.');
    await this.#ending.end(id, { reason });
    // As it is now: its recording may be kept a moment after its end.
    return ((await this.#book.find(id)) ?? record).session;
  }

  /** The person it is about knows of it. */
  async seen(looker: Looker, id: string): Promise<void> {
    const { session } = await this.#readable(looker, id);
    if (session.userId !== looker.id) throw new DeskpodError('forbidden', 'This is about somebody else.');
    if (!session.seen) await this.#book.change(id, ['asking', 'starting', 'running', 'ended'], { seen: true });
  }

  async get(looker: Looker, id: string): Promise<DebugSession> {
    return (await this.#readable(looker, id)).session;
  }

  async list(filter: DebugFilter): Promise<DebugSession[]> {
    return (await this.#book.list(filter)).map(({ session }) => session);
  }

  async transcript(looker: Looker, id: string): Promise<string> {
    const { session } = await this.#readable(looker, id);
    if (!mayReplay(looker, session))
      throw new DeskpodError('forbidden', 'This recording is for who looked, who was looked at, and administrators.');
    const text = await this.#deps.store.debug.transcript(id);
    if (text === '') throw new DeskpodError('not_found', 'Nothing was recorded.');
    return text;
  }

  /** A seat at its terminal; `conflict` with its state when it does not run. One that starts is waited for. */
  async join(
    looker: Looker,
    id: string,
    size: TerminalSize,
    command: TerminalCommand,
    signal: AbortSignal,
  ): Promise<Seat> {
    const { session } = await this.#readable(looker, id);
    if (!mayJoin(looker, session)) throw new DeskpodError('not_found', `There is no debug session ${id}.`);
    const record = await this.#begun(id, signal);
    assertJoinable(record.session);
    return await this.#terminals.join(record, size, command, mayType(looker, record, this.#deps.policy));
  }

  /** At start-up: terminals of an earlier life of this server are held and recorded again. */
  adopt(name: string): Promise<void> {
    return this.#care.adopt(name);
  }

  /** For one server at a time, every few seconds. */
  sweep(): Promise<void> {
    return this.#care.sweep();
  }

  async desktopEnded(desktopId: string): Promise<void> {
    const open = await this.#book.list({ desktopId, open: true });
    await Promise.all(open.map(({ session }) => this.#ending.end(session.id, { reason: 'desktop_ended' })));
  }

  /** Whether somebody is inside a desktop, or about to be. */
  async isLookedInto(desktopId: string): Promise<boolean> {
    return (await this.#book.list({ desktopId, open: true, limit: 1 })).length > 0;
  }

  /** Resolves when nothing is being started. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#starting.settled(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminals[Symbol.asyncDispose]();
  }

  /** Of a short session nothing may be kept before its end: that there is a recording is told afterwards. */
  async #changed(record: DebugRecord): Promise<void> {
    await this.#terminals.changed(record);
    const { status, transcript, id } = record.session;
    if (status.state === 'ended' && !transcript) await this.#book.tellRecording(id);
  }

  #granted(record: DebugRecord): void {
    this.#deps.events.debugGranted(record.session);
    if (record.session.status.state === 'running') this.#deps.events.debugStarted(record.session);
    this.#starting.begin(record);
  }

  async #readable(looker: Looker, id: string): Promise<DebugRecord> {
    const record = await this.#book.find(id);
    if (record && mayRead(looker, record.session)) return record;
    throw new DeskpodError('not_found', `There is no debug session ${id}.`);
  }

  async #begun(id: string, signal: AbortSignal): Promise<DebugRecord> {
    const { promise, resolve, reject } = Promise.withResolvers<DebugRecord>();
    const settle = (record: DebugRecord | null): void => {
      if (record?.session.id === id && record.session.status.state !== 'starting') resolve(record);
    };
    const stop = this.#book.onChange(settle);
    const gone = (): void => reject(signal.reason);
    signal.addEventListener('abort', gone, { once: true });
    try {
      signal.throwIfAborted();
      settle(await this.#book.find(id));
      return await promise;
    } finally {
      stop();
      signal.removeEventListener('abort', gone);
    }
  }
}
