/**
 * Opens files and links of a desktop: starts the app for them, or says which apps there are to choose from, or leaves a
 * link to the user's own browser. The page asks for it, or a program in the desktop.
 */
import type { App, Environment } from '#protocol/app.ts';
import type { ServerEvent } from '#protocol/events.ts';
import type { Launch } from '#protocol/launch.ts';
import { kindOf, type OpenRequest, type OpenResult } from '#protocol/open.ts';
import { chooseApp, type LinkPolicy } from '../catalogue/open-with.ts';
import type { Desktops } from '../desktops/desktops.ts';
import { DeskpodError, sentenceOf } from '../errors.ts';
import type { LaunchRequest } from '../launches/launches.ts';
import { homeFolder } from '../names.ts';
import type { Identity } from '../ports/auth.ts';
import type { EngineDesktop } from '../ports/engine.ts';
import type { Store } from '../ports/store.ts';
import { logThrottle } from '../server/log-throttle.ts';
import { RateLimit } from '../server/rate-limit.ts';
import { requestFromInside } from './request-from-inside.ts';

/** Of the programs in one desktop: each may start a container. */
const FROM_INSIDE_PER_MINUTE = 20;

type Running = Pick<EngineDesktop, 'id' | 'entries'>;

interface OpeningDeps {
  readonly catalogue: { appsFor(labels: readonly string[]): Promise<App[]> };
  readonly desktops: Pick<Desktops, 'ownerOf' | 'envOf'> & { running(userId: string): Running };
  readonly launches: {
    start(identity: Identity, desktop: Running & { env: Environment }, request: LaunchRequest): Promise<Launch>;
  };
  readonly preferences: Pick<Store['preferences'], 'get'>;
  readonly hub: { publish(userId: string, event: ServerEvent): void };
  readonly links: LinkPolicy;
  readonly warn: (message: string, fields: { desktop: string }) => void;
}

export class Openings {
  readonly #deps: OpeningDeps;
  readonly #rate = new RateLimit(FROM_INSIDE_PER_MINUTE);
  readonly #mayLog = logThrottle();
  /** Those who have their desktop open in a page, by user; the last one counts. */
  readonly #present = new Map<string, readonly Identity[]>();

  constructor(deps: OpeningDeps) {
    this.#deps = deps;
  }

  /** `not_found` if no app opens it; otherwise fails like the start of an app. */
  async open(identity: Identity, request: OpenRequest): Promise<OpenResult> {
    const { preferences, links } = this.#deps;
    const { user } = identity;
    if (request.app !== undefined) return await this.#start(identity, request.app, request);
    if ('url' in request && links === 'browser') return { open: 'browser', url: new URL(request.url).href };
    const { openWith } = await preferences.get(user.id);
    const chosen = chooseApp(await this.#deps.catalogue.appsFor(user.labels), kindOf(request), openWith);
    if ('id' in chosen) return await this.#start(identity, chosen.id, request);
    return { open: 'choose', apps: chosen.map(({ id }) => id) };
  }

  async #start(identity: Identity, app: string, request: OpenRequest): Promise<OpenResult> {
    const { desktops, launches } = this.#deps;
    const { id: userId } = identity.user;
    const { id, entries } = desktops.running(userId);
    const what = 'url' in request ? new URL(request.url).href : `${homeFolder(userId)}/${request.path}`;
    const launch = await launches.start(
      identity,
      { id, entries, env: desktops.envOf(userId) },
      { app, env: {}, args: [what] },
    );
    return { open: 'app', launch };
  }

  /** This user has the desktop open: requests of its programs are theirs until the returned function is called. */
  attend(identity: Identity): () => void {
    const { id } = identity.user;
    this.#present.set(id, [...(this.#present.get(id) ?? []), identity]);
    return () => {
      const others = (this.#present.get(id) ?? []).filter((one) => one !== identity);
      if (others.length > 0) this.#present.set(id, others);
      else this.#present.delete(id);
    };
  }

  /** A program in this desktop asks for it. The user gets the result as an event, a failure as a notice. */
  async requested(desktopId: string, text: string): Promise<void> {
    const userId = this.#deps.desktops.ownerOf(desktopId);
    const identity = userId === null ? undefined : this.#present.get(userId)?.at(-1);
    if (identity === undefined) return this.#drop(desktopId, 'nobody has it open');
    if (this.#rate.take(desktopId) !== null)
      return this.#drop(desktopId, `more than ${FROM_INSIDE_PER_MINUTE} a minute`);
    try {
      const request = requestFromInside(text, homeFolder(identity.user.id));
      if (request === null)
        throw new DeskpodError(
          'invalid_request',
          'An app wanted to open something that is neither a link nor a file in your home folder.',
        );
      const result = await this.open(identity, request);
      if (result.open !== 'app') this.#deps.hub.publish(identity.user.id, { type: 'open', request, result });
    } catch (error) {
      this.#complain(identity.user.id, sentenceOf(error));
    }
  }

  #complain(userId: string, text: string): void {
    const at = new Date().toISOString();
    const notice = { id: `open ${userId} ${at} ${text}`, level: 'warning', text, launchId: null, at } as const;
    this.#deps.hub.publish(userId, { type: 'notice', notice });
  }

  #drop(desktop: string, reason: string): void {
    if (this.#mayLog(`${desktop} ${reason}`))
      this.#deps.warn(`requests of programs to open files or links are dropped: ${reason}`, { desktop });
  }
}
