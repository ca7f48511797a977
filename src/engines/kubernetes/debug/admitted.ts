/** Which profiles the cluster admits beside a target: it is asked, and changes nothing. */
import { randomBytes } from 'node:crypto';
import type { Target } from '#domain/engine.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { ApiFault } from '../api.ts';
import type { Context } from '../context.ts';
import { addEntry } from '../entries.ts';
import { sentence } from './faults.ts';
import { sightOf } from './sight.ts';
import { toolboxContainer } from './toolbox-container.ts';

export async function admitted(context: Context, target: Target): Promise<ReadonlyMap<DebugProfile, string | null>> {
  const sight = sightOf(context, target);
  const { config } = context.around;
  const { name: pod } = sight.place.found.pod.metadata;
  const { registry, tag } = config.images;
  const ask = async (profile: DebugProfile): Promise<[DebugProfile, string | null]> => {
    const name = `debugger-${randomBytes(4).toString('hex')}`;
    const image = `${registry}/toolbox:${tag}`;
    const spec = { name, target, image, profile, env: {}, command: [], plain: false, custom: null, by: '' };
    try {
      await addEntry(context, pod, toolboxContainer(spec, sight, config), true);
      return [profile, null];
    } catch (error) {
      // Not to be reached is no answer.
      if (!(error instanceof ApiFault) || error.status === 0) throw error;
      return [profile, sentence(error)];
    }
  };
  return new Map(await Promise.all(DebugProfile.options.map(ask)));
}
