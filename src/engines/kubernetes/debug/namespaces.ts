/** The namespaces of every running container, read from the kernel. */
import type { Namespaces } from '#protocol/inspect.ts';
import type { Context } from '../context.ts';
import { output } from '../exec/exec.ts';
import { containerRef, shownName } from '../pods/targets.ts';
import { answers, type Group, groupsOf, type Member } from './groups.ts';
import { firstOf, type NamespaceIds, namespacesOf, processesOf, UNREADABLE } from './proc.ts';
import { OWN_NAMESPACES } from '../exec/query-scripts.ts';
import { ignore } from '#protocol/ignore.ts';

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

/** Only the container itself can read the namespaces of another user's process. */
async function asked(context: Context, { found }: Group, { name }: Member): Promise<NamespaceIds> {
  const ref = containerRef(context, { found, container: name });
  const said = await output(ref, OWN_NAMESPACES, AbortSignal.timeout(TIMEOUT_MS)).catch(
    ignore('the container has no shell, or does not run', null),
  );
  return namespacesOf(said?.text.split('\n') ?? []).get('self') ?? UNREADABLE;
}
