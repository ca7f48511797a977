/** Desktops and their launches through the compatible API. */
import type { Engine, EngineDesktop } from '#domain/ports/engine.ts';
import type { EngineLaunch } from '#domain/ports/engine-launch.ts';
import { NotFoundText } from './errors.ts';
import { presentContainer, presentDesktop, presentPod } from './present.ts';

/** Removal goes through the server, which notifies users and keeps records; queries go to the engine. */
export interface ManagerDesktops extends Pick<Engine, 'desktops' | 'launches'> {
  removeDesktop(desktop: EngineDesktop): Promise<void>;
  /** Stops it if it runs, and deletes it. */
  removeLaunch(launch: EngineLaunch): Promise<void>;
}

export class DesktopActions {
  readonly #port: ManagerDesktops;

  constructor(port: ManagerDesktops) {
    this.#port = port;
  }

  /** `argument` is `ID`, `ID/container` or `ID/container/CID`; null for all desktops. */
  async get(argument: string | null): Promise<unknown> {
    if (argument === null) return (await this.#port.desktops()).map(presentDesktop);
    const { desktop, cid, isContainer } = await this.#target(argument);
    const launches = await this.#port.launches(desktop.id);
    if (!isContainer) return presentPod(desktop, launches);
    return cid === null ? launches.map(presentContainer) : presentContainer(withId(launches, cid));
  }

  /** True for a desktop, the launch's id for a launch. */
  async remove(argument: string): Promise<unknown> {
    const { desktop, cid, isContainer } = await this.#target(argument);
    if (!isContainer) {
      await this.#port.removeDesktop(desktop);
      return true;
    }
    if (cid === null) throw new NotFoundText();
    await this.#port.removeLaunch(withId(await this.#port.launches(desktop.id), cid));
    return cid;
  }

  async #target(argument: string): Promise<{ desktop: EngineDesktop; isContainer: boolean; cid: string | null }> {
    const [id, noun, cid = null, ...rest] = argument.split('/');
    const desktop = (await this.#port.desktops()).find((one) => one.id === id);
    const isContainer = ['container', 'pod'].includes(noun?.toLowerCase() ?? '');
    if (desktop === undefined || rest.length > 0 || (noun !== undefined && !isContainer)) throw new NotFoundText();
    return { desktop, isContainer, cid };
  }
}

function withId(launches: readonly EngineLaunch[], id: string): EngineLaunch {
  const found = launches.find((launch) => launch.id === id);
  if (found === undefined) throw new NotFoundText();
  return found;
}
