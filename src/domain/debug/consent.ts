/** Consent to debug sessions: from the owner of the desktop, or from an administrator if the owner doesn't answer. */
import type { DebugSession } from '#protocol/debug.ts';
import { DeskpodError } from '../errors.ts';
import type { Replicas } from '../server/replicas.ts';
import type { DebugEnding } from './ending.ts';
import { type DebugPolicy, grantedState, type Requester } from './policy.ts';
import type { DebugChange, DebugRecord } from '../ports/debug-store.ts';
import type { DebugRegistry } from './registry.ts';
import type { DebugStarter } from './starter.ts';

export interface ConsentDeps {
  readonly registry: DebugRegistry;
  readonly ending: DebugEnding;
  readonly starter: DebugStarter;
  readonly policy: DebugPolicy;
  /** The server that receives the answer starts the session. */
  readonly replicas: Pick<Replicas, 'me'>;
}

export class DebugConsent {
  readonly #deps: ConsentDeps;

  constructor(deps: ConsentDeps) {
    this.#deps = deps;
  }

  async answer({ id }: Requester, record: DebugRecord, agree: boolean): Promise<DebugSession> {
    if (record.session.userId !== id)
      throw new DeskpodError('forbidden', 'Only the owner of the desktop can answer this request.');
    return agree
      ? await this.#grant(record, { grant: 'consent', grantedBy: id, seen: true })
      : await this.#decline(record, null);
  }

  async approve({ id, roles }: Requester, record: DebugRecord, agree: boolean): Promise<DebugSession> {
    if (!roles.includes('admin')) throw new DeskpodError('forbidden', 'This requires the role admin.');
    const { status } = record.session;
    if (!agree) return await this.#decline(record, 'An administrator denied it.');
    if (status.state === 'asking' && new Date() < new Date(status.approvableAt))
      throw new DeskpodError('conflict', 'The owner of the desktop can still answer.', {
        remedy: `Wait until ${status.approvableAt}.`,
      });
    return await this.#grant(record, { grant: 'approval', grantedBy: id });
  }

  async #grant({ session, request }: DebugRecord, change: DebugChange): Promise<DebugSession> {
    const { registry, starter, policy, replicas } = this.#deps;
    const status = grantedState(request.kind, policy);
    const startedAt = status.state === 'running' ? new Date().toISOString() : null;
    const granted = await registry.change(session.id, ['asking'], {
      ...change,
      status,
      startedAt,
      server: replicas.me,
    });
    if (!granted) throw notWaiting();
    starter.start(granted);
    return granted.session;
  }

  async #decline({ session }: DebugRecord, message: string | null): Promise<DebugSession> {
    const declined = await this.#deps.ending.end(session.id, { reason: 'declined', message }, ['asking']);
    if (!declined) throw notWaiting();
    return declined.session;
  }
}

function notWaiting(): DeskpodError {
  return new DeskpodError('conflict', 'This request is no longer waiting for an answer.');
}
