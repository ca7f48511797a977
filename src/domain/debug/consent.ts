/** Agreeing: the person whose desktop it is, or an administrator in their place when they do not answer. */
import type { DebugSession } from '../../protocol/debug.ts';
import { DeskpodError } from '../errors.ts';
import type { DebugBook } from './book.ts';
import type { DebugEnding } from './ending.ts';
import { begun } from './new-session.ts';
import type { DebugPolicy } from './policy.ts';
import type { DebugChange, DebugRecord } from './record.ts';
import type { Looker } from './rules.ts';

export class DebugConsent {
  readonly #deps;

  constructor(deps: {
    book: DebugBook;
    ending: DebugEnding;
    policy: DebugPolicy;
    /** This server: it begins what it was told the answer of. */
    me: string;
    granted: (record: DebugRecord) => void;
  }) {
    this.#deps = deps;
  }

  async answer({ id }: Looker, record: DebugRecord, agree: boolean): Promise<DebugSession> {
    if (record.session.userId !== id)
      throw new DeskpodError('forbidden', 'Only the person whose desktop it is can answer.');
    return agree
      ? await this.#grant(record, { grant: 'consent', grantedBy: id, seen: true })
      : await this.#decline(record, null);
  }

  async approve({ id, roles }: Looker, record: DebugRecord, agree: boolean): Promise<DebugSession> {
    if (!roles.includes('admin')) throw new DeskpodError('forbidden', 'This needs the role admin.');
    const { status } = record.session;
    if (!agree) return await this.#decline(record, 'An administrator did not agree.');
    if (status.state === 'asking' && new Date() < new Date(status.approvableAt))
      throw new DeskpodError('conflict', 'The person whose desktop it is may still answer.', {
        remedy: `Wait until ${status.approvableAt}.`,
      });
    return await this.#grant(record, { grant: 'approval', grantedBy: id });
  }

  async #grant({ session, want }: DebugRecord, how: DebugChange): Promise<DebugSession> {
    const { book, policy, me, granted } = this.#deps;
    const status = begun(want.kind, policy);
    const startedAt = status.state === 'running' ? new Date().toISOString() : null;
    const agreed = await book.change(session.id, ['asking'], { ...how, status, startedAt, server: me });
    if (!agreed) throw notAsked();
    granted(agreed);
    return agreed.session;
  }

  async #decline({ session }: DebugRecord, message: string | null): Promise<DebugSession> {
    const declined = await this.#deps.ending.end(session.id, { reason: 'declined', message }, ['asking']);
    if (!declined) throw notAsked();
    return declined.session;
  }
}

function notAsked(): DeskpodError {
  return new DeskpodError('conflict', 'Nobody waits for this answer any more.');
}
