/**
 * The parent cgroup of each desktop, with all its containers and their monitors: what they may use together. Made before
 * the desktop's first container, removed after its last. Where the engine uses systemd, it is a slice.
 */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '#domain/errors.ts';
import type { EngineEvents, SharedLimit } from '#domain/ports/engine.ts';
import type { Limits } from '#protocol/app.ts';
import { ignore } from '#protocol/ignore.ts';
import type { SystemWarning } from '#protocol/system.ts';
import { type CgroupLimits, CgroupTree } from './cgroup-tree.ts';
import { readSample } from './cgroups.ts';

const SYSTEMCTL_TIMEOUT_MS = 10_000;
/** The memory that is left for the machine itself. */
const SPARE_MEMORY = 0.25;
const MOST_PROCESSES = 8192;
const run = promisify(execFile);

export interface DesktopCgroupsOptions {
  /** As the engine calls it. */
  readonly driver: string;
  /** Id of the installation. */
  readonly instance: string;
  /** What is left out is {@link DesktopCgroups}' default. */
  readonly limits: Limits;
  readonly machine: { readonly memoryBytes: number; readonly processors: number };
  readonly events: EngineEvents;
  readonly tree?: CgroupTree;
  /** Rejects with its reason. */
  readonly systemctl?: (...args: readonly string[]) => Promise<unknown>;
}

export class DesktopCgroups {
  /** Processors that all containers of a desktop have together. */
  readonly cpus: number;
  readonly #limits: CgroupLimits;
  readonly #places: Places | null;
  readonly #tree: CgroupTree;
  readonly #systemctl: (...args: readonly string[]) => Promise<unknown>;
  readonly #options: DesktopCgroupsOptions;
  /** Removed ones in which a monitor was left. */
  readonly #leftovers = new Set<string>();
  /** By name: processor time and when it was read (milliseconds, monotonic). */
  readonly #last = new Map<string, { cpuNanoseconds: number; at: number }>();
  /** Why desktops aren't limited. */
  readonly #failures = new Map<'made' | 'joined', SystemWarning>();
  /** Before that, the caller logs `warnings()`. */
  #opened = false;

  constructor(options: DesktopCgroupsOptions) {
    const { driver, instance, limits, machine } = options;
    this.#options = options;
    this.#tree = options.tree ?? new CgroupTree();
    this.#systemctl = options.systemctl ?? systemctl;
    this.#places = placesOf(driver, instance);
    this.cpus = Math.min(limits.cpus ?? machine.processors, machine.processors);
    this.#limits = {
      memoryBytes: limits.memoryBytes ?? Math.floor(machine.memoryBytes * (1 - SPARE_MEMORY)),
      // A quota of all processors would only delay.
      cpus: this.cpus < machine.processors ? this.cpus : null,
      processes: limits.processes ?? MOST_PROCESSES,
    };
  }

  /** Removes what is left of other desktops; limits those that run, also from now on. Never rejects. */
  async open(desktopIds: readonly string[]): Promise<void> {
    if (this.#places !== null) {
      const wanted = new Set(desktopIds.map(this.#places.name));
      const found = (await this.#tree.below(this.#places.above)).filter(this.#places.isOwn);
      await Promise.all(found.filter((name) => !wanted.has(name)).map((name) => this.#remove(name)));
    }
    for (const id of desktopIds) await this.#limit(id);
    // From now on, processor time counts.
    await Promise.all(desktopIds.map((id) => this.use(id)));
    this.#opened = true;
  }

  /** For administrators, if desktops aren't limited. */
  warnings(): readonly SystemWarning[] {
    return [...this.#failures.values()];
  }

  /** The engine's name of a new desktop's cgroup; null if there can't be one, which is a warning. */
  async make(desktopId: string): Promise<string | null> {
    const name = await this.#limit(desktopId);
    if (name === null || this.#places === null) {
      await this.remove(desktopId);
      return null;
    }
    this.#leftovers.delete(name);
    this.#last.set(name, { cpuNanoseconds: 0, at: performance.now() });
    return this.#places.parent(name);
  }

  /** Of a desktop that runs: null if it has none. */
  async parentOf(desktopId: string): Promise<string | null> {
    if (this.#places === null) return null;
    const name = this.#places.name(desktopId);
    return (await this.#tree.exists(this.#pathOf(name))) ? this.#places.parent(name) : null;
  }

  /** Checks that a container which was just started is in its desktop's cgroup. */
  async check(desktopId: string, containerId: string): Promise<void> {
    if (this.#places === null || this.#failures.has('made')) return;
    const below = await this.#tree.below(this.#pathOf(this.#places.name(desktopId)));
    if (below.some((name) => name.includes(containerId))) this.#failures.delete('joined');
    else this.#failed('joined', new Error('the engine’s containers aren’t in the server’s cgroup namespace'));
  }

  async remove(desktopId: string): Promise<void> {
    if (this.#places !== null) await this.#remove(this.#places.name(desktopId));
  }

  /** Removes those again in which a monitor was left. */
  async tidy(): Promise<void> {
    await Promise.all([...this.#leftovers].map((name) => this.#remove(name)));
  }

  /** What the containers of a desktop may use together, and use. */
  async use(desktopId: string): Promise<SharedLimit[]> {
    const used = this.#places === null ? null : await this.#use(this.#places.name(desktopId));
    return [
      { name: 'memory', limit: this.#limits.memoryBytes, used: used?.memoryBytes ?? null },
      { name: 'cpus', limit: this.cpus, used: used?.cpus ?? null },
      { name: 'processes', limit: this.#limits.processes, used: used?.processes ?? null },
    ];
  }

  /** Null if it isn't limited. The share of processors is that since the last call. */
  async #use(name: string): Promise<{ memoryBytes: number; cpus: number; processes: number } | null> {
    if (this.#failures.has('joined')) return null;
    const path = this.#pathOf(name);
    const inForce = await this.#tree.memoryLimit(path);
    if (inForce === null || inForce > this.#limits.memoryBytes) return null;
    const sample = await readSample(await this.#tree.folders(path)).catch(ignore('the desktop has ended', null));
    if (sample === null) return null;
    const { memoryBytes, cpuNanoseconds } = sample;
    const at = performance.now();
    const before = this.#last.get(name) ?? { cpuNanoseconds, at };
    this.#last.set(name, { cpuNanoseconds, at });
    const cpus = (cpuNanoseconds - before.cpuNanoseconds) / 1e6 / Math.max(1, at - before.at);
    return { memoryBytes, cpus: Math.max(0, cpus), processes: await this.#tree.processes(path) };
  }

  /** Its name; null if that failed. */
  async #limit(desktopId: string): Promise<string | null> {
    try {
      if (this.#places === null) throw new Error(`the engine’s cgroup driver is ${this.#options.driver || 'unknown'}`);
      const name = this.#places.name(desktopId);
      if (this.#places.slices) await this.#limitSlice(name, this.#limits);
      else await this.#tree.limit(this.#pathOf(name), this.#limits);
      this.#failures.delete('made');
      return name;
    } catch (error) {
      this.#failed('made', error);
      return null;
    }
  }

  async #limitSlice(slice: string, { memoryBytes, cpus, processes }: CgroupLimits): Promise<void> {
    const quota = cpus === null ? '' : `${Math.round(cpus * 100)}%`;
    const limits = [`MemoryMax=${memoryBytes}`, 'MemorySwapMax=0', `CPUQuota=${quota}`, `TasksMax=${processes}`];
    await this.#systemctl('set-property', '--runtime', slice, 'CPUAccounting=yes', ...limits);
    await this.#systemctl('start', slice);
  }

  async #remove(name: string): Promise<void> {
    this.#last.delete(name);
    const removed = this.#places?.slices ? await this.#removeSlice(name) : await this.#tree.remove(this.#pathOf(name));
    if (removed) this.#leftovers.delete(name);
    else this.#leftovers.add(name);
  }

  async #removeSlice(slice: string): Promise<boolean> {
    if (!(await this.#tree.exists(this.#pathOf(slice)))) return true;
    try {
      await this.#systemctl('stop', slice);
      await this.#systemctl('revert', slice);
      return true;
    } catch (error) {
      this.#options.events.failed(`removing the slice ${slice}`, error);
      return false;
    }
  }

  #pathOf(name: string): string {
    return `${this.#places?.above ?? ''}/${name}`;
  }

  #failed(kind: 'made' | 'joined', error: unknown): void {
    const text = `The containers of a desktop aren’t limited together: limits.desktop has no effect, because ${messageOf(error)}. Each container still has limits of its own.`;
    const known = this.#failures.get(kind)?.text === text;
    this.#failures.set(kind, { text, commands: [] });
    if (!known && this.#opened) this.#options.events.failed('limiting a desktop’s containers (limits.desktop)', error);
  }
}

/** Removes what is left of an installation whose containers are gone. It is no error when there is nothing. */
export async function removeDesktopCgroups(instance: string): Promise<void> {
  const tree = new CgroupTree();
  for (const driver of ['cgroupfs', 'systemd']) {
    const places = placesOf(driver, instance);
    if (places === null || !(await tree.exists(places.above))) continue;
    // The slices below it stop, too.
    if (places.slices) await systemctl('stop', basename(places.above)).catch(ignore('the engine doesn’t use systemd'));
    await tree.remove(places.above);
  }
}

/** How the cgroups of desktops are called. */
interface Places {
  readonly slices: boolean;
  /** The path of the cgroup that has them all. */
  readonly above: string;
  readonly name: (desktopId: string) => string;
  readonly isOwn: (name: string) => boolean;
  /** As the engine wants it. */
  readonly parent: (name: string) => string;
}

/** Whether a cgroup is one of a desktop, of any installation. */
export function isDesktopCgroup(path: string): boolean {
  return /^\/deskpod(\.slice)?\/[^/]+\/[^/]+$/.test(path);
}

/** Null for a driver that can't. */
function placesOf(driver: string, instance: string): Places | null {
  switch (driver) {
    case 'cgroupfs': {
      const above = `/deskpod/${instance}`;
      const plain = { name: (id: string) => id, isOwn: () => true, parent: (name: string) => `${above}/${name}` };
      return { slices: false, above, ...plain };
    }
    case 'systemd': {
      // A hyphen in a slice's name separates the slices above it.
      const prefix = `deskpod-${instance}`;
      return {
        slices: true,
        above: `/deskpod.slice/${prefix}.slice`,
        name: (id) => `${prefix}-${id.replaceAll('-', '_')}.slice`,
        isOwn: (name) => name.startsWith(`${prefix}-`) && name.endsWith('.slice'),
        parent: (name) => name,
      };
    }
    default:
      return null;
  }
}

async function systemctl(...args: readonly string[]): Promise<void> {
  await run('systemctl', args, { timeout: SYSTEMCTL_TIMEOUT_MS });
}
