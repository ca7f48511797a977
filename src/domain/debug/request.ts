/** Requests of debug sessions: checks and stores them. */
import { randomUUID } from 'node:crypto';
import type { DebugProfile, DebugSession } from '#protocol/debug.ts';
import { DeskpodError } from '../errors.ts';
import type { Launches } from '../launches/launches.ts';
import type { Engine } from '../ports/engine.ts';
import type { Replicas } from '../server/replicas.ts';
import {
  askingState,
  assertRequest,
  type DebugPolicy,
  grantedState,
  type Permission,
  profilesFor,
  type Requester,
  widest,
} from './policy.ts';
import type { DebugRecord, DebugRequest } from '../ports/debug-store.ts';
import type { DebugEvents } from './record.ts';
import type { DebugRegistry } from './registry.ts';
import {
  assertRuns,
  engineTarget,
  noneAdmitted,
  profilesAt,
  type ResolvedTarget,
  resolveTarget,
  type TargetDeps,
} from './targets.ts';

/** The open sessions of one person. */
const MAX_OPEN = 32;

export interface RequestDeps extends TargetDeps {
  readonly engine: Pick<Engine, 'debug'>;
  readonly launches: Pick<Launches, 'find'>;
  readonly registry: DebugRegistry;
  /** Whether the image belongs to an app that this person may start, so that a copy may use it. */
  readonly mayRun: (requester: Requester, image: string) => boolean;
  readonly policy: DebugPolicy;
  readonly events: Pick<DebugEvents, 'debugAsked'>;
  readonly replicas: Pick<Replicas, 'me'>;
}

export class DebugRequests {
  readonly #deps: RequestDeps;

  constructor(deps: RequestDeps) {
    this.#deps = deps;
  }

  /** Stores the request; without a grant it waits for consent. Refuses at once what can be refused at once. */
  async add(requester: Requester, request: DebugRequest): Promise<DebugRecord> {
    const { registry, policy, mayRun, events } = this.#deps;
    const { resolved, permission } = await resolveTarget(this.#deps, requester, request.kind, request);
    if (permission.refusal) throw permission.refusal;
    assertRequest(request, requester, policy, mayRun);
    if (permission.needs !== 'nothing' && request.reason === '')
      throw new DeskpodError('invalid_request', 'Enter a reason. The desktop’s owner will see it.', {
        field: 'reason',
      });
    assertRuns(this.#deps, resolved, request.kind);
    await this.#assertBelowLimit(requester);
    await this.#assertNameFree(request, resolved);
    const profile = request.kind === 'toolbox' ? await this.#profile(requester, request, resolved) : null;
    const image =
      request.kind === 'exec'
        ? null
        : (request.image ?? (request.kind === 'toolbox' ? (policy.images[0] ?? null) : null));
    const record = this.#record({ requester, request, target: resolved, permission, profile, image });
    await registry.add(record);
    events.debugAsked(record.session);
    return record;
  }

  async #profile(
    requester: Requester,
    request: Extract<DebugRequest, { kind: 'toolbox' }>,
    target: ResolvedTarget,
  ): Promise<DebugProfile> {
    if (request.profile !== undefined) return request.profile;
    const [only, ...others] = profilesFor(requester, this.#deps.policy);
    // With a single profile there is no choice: the engine itself refuses it if it must.
    if (only !== undefined && others.length === 0) return only;
    const profiles = await profilesAt(this.#deps, requester, engineTarget(target, request.target));
    const profile = widest(profiles);
    if (profile === null) throw new DeskpodError('profile_refused', noneAdmitted(profiles), { field: 'profile' });
    return profile;
  }

  async #assertBelowLimit({ id }: Requester): Promise<void> {
    const open = await this.#deps.registry.list({ involving: id, open: true });
    if (open.filter(({ session }) => session.by.id === id).length < MAX_OPEN) return;
    throw new DeskpodError('too_many_open', `You have ${MAX_OPEN} debug sessions open.`, {
      remedy: 'End one of them first.',
    });
  }

  /** An early answer; the engine checks the name again. */
  async #assertNameFree(request: DebugRequest, { desktopId }: ResolvedTarget): Promise<void> {
    if (request.kind === 'exec' || request.name === undefined) return;
    const { engine, launches } = this.#deps;
    const { name } = request;
    const taken =
      request.kind === 'toolbox'
        ? (await engine.debug.toolbox(desktopId, name)) !== null
        : (await launches.find(name)) !== null;
    if (taken)
      throw new DeskpodError('name_taken', `The name ${name} is already in use.`, {
        field: 'name',
        remedy: 'Choose another name, or leave it empty.',
      });
  }

  #record({ requester, request, target, permission, profile, image }: AcceptedRequest): DebugRecord {
    const { policy, replicas } = this.#deps;
    const { grant } = permission;
    const now = new Date();
    const session: DebugSession = {
      id: randomUUID(),
      kind: request.kind,
      by: { id: requester.id, name: requester.name },
      userId: target.userId,
      desktopId: target.desktopId,
      launchId: target.launch?.id ?? null,
      appName: target.launch?.appName ?? null,
      target: request.kind === 'toolbox' ? (request.target ?? null) : null,
      name: null,
      image,
      profile,
      reused: false,
      reason: request.reason,
      grant,
      grantedBy: null,
      status: grant === null ? askingState(policy, now) : grantedState(request.kind, policy, now),
      askedAt: now.toISOString(),
      startedAt: grant !== null && request.kind === 'exec' ? now.toISOString() : null,
      transcript: false,
      seen: requester.id === target.userId,
    };
    return { session, request, server: grant === null ? null : replicas.me };
  }
}

interface AcceptedRequest {
  readonly requester: Requester;
  readonly request: DebugRequest;
  readonly target: ResolvedTarget;
  readonly permission: Permission;
  /** Of a toolbox. */
  readonly profile: DebugProfile | null;
  readonly image: string | null;
}
