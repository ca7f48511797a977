/**
 * What the configuration forbids, checked by the engine process itself: a server process that has been taken over does
 * not check anything. All of this would give root on the machine, or the rights of the server process.
 */
import type { DebugPolicy } from '#domain/debug/policy.ts';
import { DeskpodError } from '#domain/errors.ts';
import type { ToolboxSpec } from '#domain/ports/debug-engine.ts';
import type { Account, Engine } from '#domain/ports/engine.ts';
import type { Target } from '#domain/ports/engine-launch.ts';
import type { DebugProfile } from '#protocol/debug.ts';

/** The part of the configuration's `debug` that the engine process enforces. */
export type EnginePolicy = Pick<DebugPolicy, 'profiles' | 'images'>;

/** Of the server process. */
type Ids = Pick<Account, 'uid' | 'gid'>;

export class Rules {
  readonly #profiles: ReadonlySet<DebugProfile | 'custom'>;
  readonly #images: readonly string[];
  readonly #server: Ids;

  /** Whose role a request has is known to the server process alone: a profile of any role is allowed. */
  constructor({ profiles, images }: EnginePolicy, server: Ids) {
    this.#profiles = new Set(Object.values(profiles).flat());
    this.#images = images;
    this.#server = server;
  }

  /** @throws DeskpodError `forbidden` when its programs would have the files of the server process. */
  checkAccount({ uid, gid, userId }: Account): void {
    if (uid !== this.#server.uid && gid !== this.#server.gid) return;
    throw new DeskpodError('forbidden', `${userId} has the user or group ID of the server itself (${uid}, ${gid}).`, {
      remedy: 'Give this person another uidNumber and gidNumber in the directory.',
    });
  }

  /**
   * Every profile except `restricted` can make files in the user's home that belong to root.
   * @throws DeskpodError `forbidden`
   */
  checkToolbox({ profile, custom, image }: ToolboxSpec): void {
    this.#checkProfile(profile);
    if (custom !== null && !this.#profiles.has('custom'))
      throw new DeskpodError('forbidden', 'Custom container specs are turned off.', {
        field: 'custom',
        remedy: 'Choose a profile instead, or add custom to debug.profiles.admin in the configuration.',
      });
    if (!this.#images.includes(image))
      throw new DeskpodError('forbidden', `The image ${image} isn’t allowed for debugging.`, {
        field: 'image',
        remedy: `Use one of these: ${this.#images.join(', ')}. An administrator can add others to debug.images.`,
      });
  }

  /**
   * Commands run as the container's own user, often root, in toolboxes and in what others have added to a desktop.
   * @throws DeskpodError `forbidden`
   */
  async checkContainer({ debug }: Pick<Engine, 'debug'>, { desktopId, container }: Target): Promise<void> {
    const found = container === undefined ? null : await debug.toolbox(desktopId, container);
    if (found === null) return;
    if (found.profile !== null && !found.foreign) return this.#checkProfile(found.profile);
    throw new DeskpodError('forbidden', `${found.name} was not started by this server, which runs nothing in it.`);
  }

  #checkProfile(profile: DebugProfile): void {
    if (this.#profiles.has(profile)) return;
    throw new DeskpodError('forbidden', `The profile ${profile} isn’t available here.`, {
      field: 'profile',
      remedy: 'Choose another profile, or add it to debug.profiles in the configuration.',
    });
  }
}
