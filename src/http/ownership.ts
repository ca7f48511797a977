/** Every launch and desktop is looked up within its owner: a foreign id is answered as if it did not exist. */
import type { FastifyRequest } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';
import type { LaunchRecord } from '#domain/store.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Role } from '#protocol/user.ts';
import type { ApiContext } from './context.ts';
import { authenticated, hasRole } from './session.ts';

export interface FoundLaunch {
  readonly record: LaunchRecord;
  readonly launch: Launch;
}

/** The caller's own; staff may read anybody's. */
export function readableLaunch(context: ApiContext, request: FastifyRequest, id: string): Promise<FoundLaunch> {
  return find(context, request, id, ['support', 'admin']);
}

/** The caller's own; administrators may change anybody's. */
export function ownLaunch(context: ApiContext, request: FastifyRequest, id: string): Promise<FoundLaunch> {
  return find(context, request, id, ['admin']);
}

/** The id of the caller's own desktop; staff may look at anybody's. */
export async function readableDesktop({ desktops }: ApiContext, request: FastifyRequest, id: string): Promise<string> {
  const claims = authenticated(request);
  const owner = desktops.ownerOf(id);
  if (owner !== null && (owner === claims.user.id || hasRole(claims, 'support', 'admin'))) return id;
  throw new DeskpodError('not_found', `There is no desktop ${id}.`);
}

async function find(
  { launches }: ApiContext,
  request: FastifyRequest,
  id: string,
  roles: Role[],
): Promise<FoundLaunch> {
  const claims = authenticated(request);
  const found = await launches.find(id);
  if (found && (found.record.userId === claims.user.id || hasRole(claims, ...roles))) return found;
  throw new DeskpodError('not_found', `There is no launch ${id}.`);
}
