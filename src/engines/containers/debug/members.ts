/** The containers of a desktop, own and foreign ones, with their display names. */
import type { Inspection } from '#protocol/inspect.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { DebugProfile } from '#protocol/debug.ts';
import type { Context } from '../context.ts';
import { ofDesktop, readToolbox, serviceOf } from '../pods/labels.ts';
import { nameOf, type Container, type OwnedContainer } from '../pods/describe.ts';
import { foreignOf } from './foreign.ts';
import { ANCHOR } from './targets.ts';

export interface Member {
  readonly name: string;
  readonly container: Container;
  /** The user of commands in it, `uid:gid`; null for the container's own user. */
  readonly user: string | null;
  readonly kind: Inspection['containers'][number]['kind'];
  readonly place: 'inside' | 'beside';
  readonly launchId: string | null;
  readonly by: string | null;
  readonly profile: DebugProfile | null;
}

export interface Members {
  readonly userId: string;
  readonly all: readonly Member[];
}

/** The desktop's own container first; `not_found` when it is gone. */
export async function membersOf(context: Context, desktopId: string): Promise<Members> {
  const owned = await context.objects.list(ofDesktop(desktopId));
  const anchor = owned.find(({ type, container }) => type === 'x11server' && nameOf(container) === desktopId);
  if (!anchor) throw new DeskpodError('not_found', `There is no desktop ${desktopId}.`);
  const beside = new Set(
    owned.filter(({ type }) => type === 'pod_application').map(({ container }) => nameOf(container)),
  );
  const foreign = await foreignOf(context, desktopId, owned);
  return {
    userId: anchor.account.userId,
    all: [
      toMember(anchor, beside),
      ...owned.filter((one) => one !== anchor).map((one) => toMember(one, beside)),
      ...foreign.map(({ container, joined, by }): Member => {
        const { place, launchId } = toMember(joined, beside);
        return { name: nameOf(container), container, user: null, kind: 'foreign', place, launchId, by, profile: null };
      }),
    ],
  };
}

function toMember({ container, type, desktopId, account }: OwnedContainer, besides: ReadonlySet<string>): Member {
  const none = { container, user: `${account.uid}:${account.gid}`, launchId: null, by: null, profile: null };
  switch (type) {
    case 'x11server':
      return { ...none, name: ANCHOR, kind: 'service', place: 'inside' };
    case 'service':
      return { ...none, name: serviceOf(container.Config.Labels ?? {}), kind: 'service', place: 'inside' };
    case 'ephemeral_container':
      return { ...none, name: nameOf(container), kind: 'launch', place: 'inside', launchId: nameOf(container) };
    case 'pod_application':
      return { ...none, name: nameOf(container), kind: 'launch', place: 'beside', launchId: nameOf(container) };
    case 'toolbox': {
      const facts = readToolbox(container.Config.Labels ?? {}, desktopId);
      const launchId = facts?.target.launchId ?? null;
      return {
        container,
        user: null,
        name: facts?.name ?? nameOf(container),
        kind: 'toolbox',
        place: launchId !== null && besides.has(launchId) ? 'beside' : 'inside',
        launchId,
        by: facts?.by ?? null,
        profile: facts?.profile ?? null,
      };
    }
    default:
      return type satisfies never;
  }
}
