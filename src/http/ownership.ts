/** Looks up launches and desktops of their owner only: another user's id doesn't seem to exist. */
import type { FastifyRequest } from 'fastify';
import { DeskpodError } from '#domain/errors.ts';
import { hiddenEnv } from '#domain/launches/environment.ts';
import type { LaunchRecord } from '#domain/ports/store.ts';
import type { Environment } from '#protocol/app.ts';
import type { Launch } from '#protocol/launch.ts';
import type { Role } from '#protocol/user.ts';
import type { ApiContext } from './context.ts';
import { authenticated, hasRole } from './session.ts';

export interface FoundLaunch {
  readonly record: LaunchRecord;
  readonly launch: Launch;
}

/** The caller's own; staff may read those of all users. */
export function readableLaunch(context: ApiContext, request: FastifyRequest, id: string): Promise<FoundLaunch> {
  return find(context, request, id, ['support', 'admin']);
}

/** The caller's own; administrators may change those of all users. */
export function ownLaunch(context: ApiContext, request: FastifyRequest, id: string): Promise<FoundLaunch> {
  return find(context, request, id, ['admin']);
}

/** The id of the caller's own desktop; staff may inspect those of all users. */
export async function readableDesktop({ desktops }: ApiContext, request: FastifyRequest, id: string): Promise<string> {
  const claims = authenticated(request);
  const owner = desktops.ownerOf(id);
  if (owner !== null && (owner === claims.user.id || hasRole(claims, 'support', 'admin'))) return id;
  throw new DeskpodError('not_found', `There is no desktop ${id}.`);
}

/** The values that the caller may not read of those that the owner gave at the launches of a desktop; none for the owner. */
export async function hiddenValues(
  { desktops, store }: ApiContext,
  request: FastifyRequest,
  desktopId: string,
): Promise<readonly Environment[]> {
  return desktops.ownerOf(desktopId) === authenticated(request).user.id ? [] : await ownersValues(store, desktopId);
}

/** The values that were given at each launch of a desktop, except those that the owner made public. */
export async function ownersValues(
  { launches }: Pick<ApiContext['store'], 'launches'>,
  desktopId: string,
): Promise<readonly Environment[]> {
  return (await launches.list({ desktopId, limit: 1000 })).map(hiddenEnv);
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
