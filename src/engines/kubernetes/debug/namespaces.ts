/** The namespaces of every running container, as the kernel numbers them: read, never assumed. */
import type { Namespaces } from '#protocol/inside.ts';
import type { Context } from '../context.ts';
import { output } from '../exec.ts';
import { execPlace, shownName } from '../places.ts';
import { answers, type Group, groupsOf, type Member } from './groups.ts';
import { firstOf, type NamespaceIds, namespacesOf, processesOf, UNREADABLE } from './proc.ts';
import { OWN_NAMESPACES } from './scripts.ts';

const TIMEOUT_MS = 5_000;

export async function listNamespaces(context: Context, desktopId: string): Promise<Namespaces> {
  const groups = groupsOf(context, desktopId);
  return { containers: (await Promise.all(groups.map((group) => ofGroup(context, group)))).flat() };
}

async function ofGroup(context: Context, group: Group): Promise<Namespaces['containers']> {
  if (group.members.length === 0) return [];
  const lines = await answers(context, group, 'namespaces');
  const first = firstOf(processesOf(lines));
  const found = namespacesOf(lines);
  return Promise.all(
    group.members.map(async (member) => {
      const ids = found.get(String(first.get(member.containerId) ?? '')) ?? null;
      return { name: shownName(group.found, member.name), ids: ids ?? (await asked(context, group, member)) };
    }),
  );
}

/** Of a process of another user only it can tell itself. */
async function asked(context: Context, { found }: Group, { name }: Member): Promise<NamespaceIds> {
  const place = execPlace(context, { found, container: name });
  const said = await output(place, OWN_NAMESPACES, AbortSignal.timeout(TIMEOUT_MS)).catch(() => null);
  return namespacesOf(said?.text.split('\n') ?? []).get('self') ?? UNREADABLE;
}
