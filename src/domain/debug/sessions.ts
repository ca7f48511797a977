/**
 * Debug sessions: requested, approved, started, recorded and ended. The store holds their state; the server that receives
 * a request acts on it, and all servers notify their browsers.
 */
import type { DebugOffer, DebugSession, DebugTarget } from '#protocol/debug.ts';
import type { TerminalSize } from '#protocol/terminal.ts';
import type { Desktops } from '../desktops/desktops.ts';
import type { Engine } from '../ports/engine.ts';
import { until } from '../deadlines.ts';
import { DeskpodError } from '../errors.ts';
import type { EventBus } from '../server/event-bus.ts';
import type { Launches } from '../launches/launches.ts';
import type { Replicas } from '../server/replicas.ts';
import type { Store } from '../ports/store.ts';
import { DebugConsent } from './consent.ts';
import { DebugEnding, endOfCopy } from './ending.ts';
import {
  type DebugPolicy,
  endBy,
  mayJoin,
  mayRead,
  mayReplay,
  mayType,
  type Requester,
  runningState,
} from './policy.ts';
import { DebugReconciler } from './reconciler.ts';
import type { DebugFilter, DebugRecord, DebugRequest } from '../ports/debug-store.ts';
import { assertJoinable, type DebugEvents } from './record.ts';
import { DebugRegistry } from './registry.ts';
import { DebugRequests } from './request.ts';
import type { Participant } from './shared-terminal.ts';
import { DebugStarter } from './starter.ts';
import { offerFor } from './targets.ts';
import { DebugTerminals, type TerminalCommand } from './terminals.ts';

export interface DebugDeps {
  readonly engine: Engine;
  readonly store: Store;
  readonly hub: EventBus;
  readonly replicas: Replicas;
  readonly desktops: Desktops;
  readonly launches: Launches;
  /** Whether the image belongs to an app that this person may start, so that a copy may use it. */
  readonly mayRun: (requester: Requester, image: string) => boolean;
  readonly policy: DebugPolicy;
  readonly events: DebugEvents;
}

export class DebugSessions implements AsyncDisposable {
  readonly #deps: DebugDeps;
  readonly #registry: DebugRegistry;
  readonly #terminals: DebugTerminals;
  readonly #ending: DebugEnding;
  readonly #requests: DebugRequests;
  readonly #starter: DebugStarter;
  readonly #consent: DebugConsent;
  readonly #reconciler: DebugReconciler;

  constructor(deps: DebugDeps) {
    this.#deps = deps;
    this.#registry = new DebugRegistry(deps);
    const stored = { ...deps, registry: this.#registry };
    this.#requests = new DebugRequests(stored);
    this.#ending = new DebugEnding(stored);
    this.#terminals = new DebugTerminals(stored);
    const live = { ...stored, ending: this.#ending, terminals: this.#terminals };
    this.#starter = new DebugStarter(live);
    this.#reconciler = new DebugReconciler(live);
    this.#consent = new DebugConsent({ ...live, starter: this.#starter });
  }

  offer(requester: Requester, target: DebugTarget): Promise<DebugOffer> {
    return offerFor(this.#deps, requester, target);
  }

  /** Returns once the request is stored; its progress is published. */
  async request(requester: Requester, request: DebugRequest): Promise<DebugSession> {
    const record = await this.#requests.add(requester, request);
    if (record.session.grant !== null) this.#starter.start(record);
    return record.session;
  }

  /** By the owner of the desktop. */
  async answer(requester: Requester, id: string, agree: boolean): Promise<DebugSession> {
    return await this.#consent.answer(requester, await this.#readable(requester, id), agree);
  }

  /** By an administrator, if the owner doesn't answer. */
  async approve(requester: Requester, id: string, agree: boolean): Promise<DebugSession> {
    return await this.#consent.approve(requester, await this.#readable(requester, id), agree);
  }

  /** Restarts its time to live. */
  async extend(requester: Requester, id: string): Promise<DebugSession> {
    const { session } = await this.#readable(requester, id);
    if (requester.id !== session.by.id)
      throw new DeskpodError('forbidden', 'Only the requester can extend this debug session.');
    const extended = await this.#registry.change(id, ['running'], { status: runningState(this.#deps.policy) });
    if (extended) return extended.session;
    throw new DeskpodError('conflict', 'This debug session isn’t running.', { remedy: 'Start another one.' });
  }

  /** By the requester, the owner of the desktop, or an administrator. Does nothing if it has ended. */
  async end(requester: Requester, id: string): Promise<DebugSession> {
    const record = await this.#readable(requester, id);
    const reason = endBy(requester, record.session);
    if (reason === null)
      throw new DeskpodError(
        'forbidden',
        'Only the requester, the owner of the desktop and administrators can end this debug session.',
      );
    await this.#ending.end(id, { reason });
    // Its current state: the recording may have been stored after the end.
    return ((await this.#registry.find(id)) ?? record).session;
  }

  /** Marks it as seen by the owner of the desktop. */
  async seen(requester: Requester, id: string): Promise<void> {
    const { session } = await this.#readable(requester, id);
    if (session.userId !== requester.id)
      throw new DeskpodError('forbidden', 'Only the owner of the desktop can mark this as seen.');
    if (!session.seen) await this.#registry.change(id, ['asking', 'starting', 'running', 'ended'], { seen: true });
  }

  async get(requester: Requester, id: string): Promise<DebugSession> {
    return (await this.#readable(requester, id)).session;
  }

  async list(filter: DebugFilter): Promise<DebugSession[]> {
    return (await this.#registry.list(filter)).map(({ session }) => session);
  }

  async transcript(requester: Requester, id: string): Promise<string> {
    const { session } = await this.#readable(requester, id);
    if (!mayReplay(requester, session))
      throw new DeskpodError(
        'forbidden',
        'Only the requester, the owner of the desktop and administrators can read this recording.',
      );
    const text = await this.#deps.store.debug.transcript(id);
    if (text === '') throw new DeskpodError('not_found', 'This debug session has no recording.');
    return text;
  }

  /** Joins its terminal; waits while it starts, and throws `conflict` with its state if it does not run. */
  async join(
    requester: Requester,
    id: string,
    size: TerminalSize,
    command: TerminalCommand,
    signal: AbortSignal,
  ): Promise<Participant> {
    const { session } = await this.#readable(requester, id);
    if (!mayJoin(requester, session)) throw new DeskpodError('not_found', `There is no debug session ${id}.`);
    const record = await this.#whenStarted(requester, id, signal);
    assertJoinable(record.session);
    try {
      return await this.#terminals.join(record, size, command, mayType(requester, record, this.#deps.policy));
    } catch (error) {
      const refused = error instanceof DeskpodError && (error.code === 'conflict' || error.code === 'not_found');
      const end = refused ? await endOfCopy(this.#deps.engine, record.session) : null;
      if (!end) throw error;
      await this.#ending.end(id, end);
      throw new DeskpodError('conflict', end.message ?? 'The copy has ended.', { cause: error });
    }
  }

  /** At start-up: takes over the sessions of this server's previous process, which has the same `name`. */
  adopt(name: string): Promise<void> {
    return this.#reconciler.adopt(name);
  }

  /** Runs every few seconds, in one server at a time. */
  sweep(): Promise<void> {
    return this.#reconciler.sweep();
  }

  async desktopEnded(desktopId: string): Promise<void> {
    const open = await this.#registry.list({ desktopId, open: true });
    await Promise.all(open.map(({ session }) => this.#ending.end(session.id, { reason: 'desktop_ended' })));
  }

  /** Whether a debug session on this desktop waits, starts or runs. */
  async hasOpenSession(desktopId: string): Promise<boolean> {
    return (await this.#registry.list({ desktopId, open: true, limit: 1 })).length > 0;
  }

  /** Resolves when no session is being started. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#starter.settled(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#terminals[Symbol.asyncDispose]();
  }

  async #readable(requester: Requester, id: string): Promise<DebugRecord> {
    const record = await this.#registry.find(id);
    if (record && mayRead(requester, record.session)) return record;
    throw new DeskpodError('not_found', `There is no debug session ${id}.`);
  }

  async #whenStarted(requester: Requester, id: string, signal: AbortSignal): Promise<DebugRecord> {
    const onChange = (changed: () => void): (() => void) =>
      this.#registry.onChange(({ session }) => void (session.id === id && changed()));
    const started = async (): Promise<DebugRecord | undefined> => {
      const record = await this.#readable(requester, id);
      return record.session.status.state === 'starting' ? undefined : record;
    };
    return await until(onChange, started, signal);
  }
}
