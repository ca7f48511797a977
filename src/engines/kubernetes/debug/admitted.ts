/** Which profiles the cluster admits beside a target, by a server-side dry run. */
import { randomBytes } from 'node:crypto';
import type { Target } from '#domain/ports/engine-launch.ts';
import { DebugProfile } from '#protocol/debug.ts';
import { ApiFault, hasStatus } from '../cluster/api-fault.ts';
import type { Context } from '../context.ts';
import { addEphemeralContainer } from '../pods/ephemeral-containers.ts';
import { sentence } from './refusals.ts';
import { type LocatedToolboxTarget, toolboxTarget } from './toolbox-target.ts';
import { toolboxContainer } from './toolbox-container.ts';
import { ignore } from '#protocol/ignore.ts';

type Answer = ReadonlyMap<DebugProfile, string | null>;

/** The Pod Security level of a namespace seldom changes, and a user is waiting. */
const HOLDS_MS = 30_000;

export class Admission {
  /** By pod and container. */
  readonly #known = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();

  /** Fails as adding a toolbox does when the target does not run. */
  profiles(context: Context, target: Target): Promise<Answer> {
    const located = toolboxTarget(context, target);
    const now = performance.now();
    for (const [key, { at }] of this.#known) if (now - at > HOLDS_MS) this.#known.delete(key);
    const key = `${located.target.found.pod.metadata.uid}/${located.target.container}`;
    const known = this.#known.get(key);
    if (known) return known.answer;
    const answer = ask(context, target, located);
    this.#known.set(key, { at: now, answer });
    answer.catch((error: unknown) => {
      ignore('its caller hears of it')(error);
      this.#known.delete(key);
    });
    return answer;
  }
}

async function ask(context: Context, target: Target, located: LocatedToolboxTarget): Promise<Answer> {
  const { config } = context.settings;
  const { name: pod } = located.target.found.pod.metadata;
  const { registry, tag } = config.images;
  const one = async (profile: DebugProfile): Promise<[DebugProfile, string | null]> => {
    const name = `debugger-${randomBytes(4).toString('hex')}`;
    const image = `${registry}/toolbox:${tag}`;
    const spec = {
      name,
      target,
      image,
      profile,
      env: {},
      command: [],
      plain: false,
      custom: null,
      by: '',
      shared: false,
    };
    try {
      await addEphemeralContainer(context, pod, toolboxContainer(spec, located, config), {
        manager: 'deskpod-toolbox',
        dryRun: true,
      });
      return [profile, null];
    } catch (error) {
      // An unreachable API server or a target that is gone says nothing about profiles.
      if (!(error instanceof ApiFault) || !hasStatus(error, 400, 403, 422)) throw error;
      return [profile, sentence(error)];
    }
  };
  return new Map(await Promise.all(DebugProfile.options.map(one)));
}
