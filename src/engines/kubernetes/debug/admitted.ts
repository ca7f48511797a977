/** Which profiles the cluster admits beside a target: it is asked, and changes nothing. */
import { randomBytes } from 'node:crypto';
import type { Target } from '#domain/engine.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { ApiFault, hasStatus } from '../api.ts';
import type { Context } from '../context.ts';
import { addEntry } from '../entries.ts';
import { sentence } from './faults.ts';
import { type Seen, sightOf } from './sight.ts';
import { toolboxContainer } from './toolbox-container.ts';

type Answer = ReadonlyMap<DebugProfile, string | null>;

/** The level of a namespace seldom changes, and a person waits: an answer holds for a moment. */
const HOLDS_MS = 30_000;

export class Admission {
  /** By pod and container. */
  readonly #known = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();

  /** Fails as adding a toolbox does when there is nothing to look into. */
  profiles(context: Context, target: Target): Promise<Answer> {
    const sight = sightOf(context, target);
    const now = performance.now();
    for (const [key, { at }] of this.#known) if (now - at > HOLDS_MS) this.#known.delete(key);
    const key = `${sight.place.found.pod.metadata.uid}/${sight.place.container}`;
    const known = this.#known.get(key);
    if (known) return known.answer;
    const answer = ask(context, target, sight);
    this.#known.set(key, { at: now, answer });
    answer.catch(() => this.#known.delete(key));
    return answer;
  }
}

async function ask(context: Context, target: Target, sight: Seen): Promise<Answer> {
  const { config } = context.around;
  const { name: pod } = sight.place.found.pod.metadata;
  const { registry, tag } = config.images;
  const one = async (profile: DebugProfile): Promise<[DebugProfile, string | null]> => {
    const name = `debugger-${randomBytes(4).toString('hex')}`;
    const image = `${registry}/toolbox:${tag}`;
    const spec = { name, target, image, profile, env: {}, command: [], plain: false, custom: null, by: '' };
    try {
      await addEntry(context, pod, toolboxContainer(spec, sight, config), {
        manager: 'deskpod-toolbox',
        dryRun: true,
      });
      return [profile, null];
    } catch (error) {
      // Not to be reached, or a target that has just gone, is no answer.
      if (!(error instanceof ApiFault) || !hasStatus(error, 400, 403, 422)) throw error;
      return [profile, sentence(error)];
    }
  };
  return new Map(await Promise.all(DebugProfile.options.map(one)));
}
