/** The usage of each running launch of a desktop: current memory, processors since the previous sample. */
import type { LaunchUsage } from '#domain/ports/engine.ts';
import type { Sample } from './cgroups.ts';
import type { Context } from '../context.ts';
import { ofDesktop } from '../pods/labels.ts';
import { isLaunch, isRunning, nameOf } from '../pods/describe.ts';

export class UsageMeter {
  readonly #context: Context;
  /** By container: the last sample and when (milliseconds, monotonic) it was taken. */
  readonly #last = new Map<string, { sample: Sample; at: number }>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** The first sample of a launch counts from its start. */
  async read(desktopId: string): Promise<LaunchUsage[]> {
    const found = await this.#context.objects.list(ofDesktop(desktopId));
    const running = found.filter((one) => isLaunch(one) && isRunning(one.container));
    const used = await Promise.all(
      running.map(async ({ container }): Promise<LaunchUsage | null> => {
        const sample = await this.#context.cgroups.sample(container.Id, container.State.Pid);
        if (sample === null) return null;
        const sinceStart = {
          at: performance.now() - (Date.now() - container.State.StartedAt.getTime()),
          sample: { ...sample, cpuNanoseconds: 0 },
        };
        const before = this.#last.get(container.Id) ?? sinceStart;
        const at = performance.now();
        this.#last.set(container.Id, { sample, at });
        const cpu = (sample.cpuNanoseconds - before.sample.cpuNanoseconds) / 1e6 / Math.max(1, at - before.at);
        return { launchId: nameOf(container), cpu: Math.max(0, cpu), memoryBytes: sample.memoryBytes };
      }),
    );
    this.#forgetOld();
    return used.filter((one) => one !== null);
  }

  /** Drops samples of launches that were not requested for a while. */
  #forgetOld(): void {
    const old = performance.now() - 3_600_000;
    for (const [id, { at }] of this.#last) if (at < old) this.#last.delete(id);
  }
}
