/** The usage of a desktop's launches: of those inside by one query, of each pod application by its control group. */
import type { LaunchUsage } from '#domain/ports/engine.ts';
import { listPods, type Context, findPod } from '../context.ts';
import { isLaunchContainer } from '../pods/describe.ts';
import { output } from '../exec/exec.ts';
import { containerIdOf, mainOf, statusOf } from '../cluster/pod.ts';
import { type Sample, sampleOf, samplesOf, type UsageMeter } from './usage.ts';
import { ignore } from '#protocol/ignore.ts';

const TIMEOUT_MS = 5_000;
/** Memory first. Files of both control group versions; one of them is mounted. */
const FILES = ['memory.current', 'memory/memory.usage_in_bytes', 'cpu.stat', 'cpuacct/cpuacct.usage'].map(
  (file) => `/sys/fs/cgroup/${file}`,
);

export async function usageOf(context: Context, meter: UsageMeter, desktopId: string): Promise<LaunchUsage[]> {
  const [inside, beside] = await Promise.all([samplesInside(context, desktopId), samplesBeside(context, desktopId)]);
  const samples = new Map([...inside, ...beside]);
  const now = performance.now();
  return [...samples].map(([id, sample]) => meter.read(id, sample, now));
}

async function samplesInside(context: Context, desktopId: string): Promise<Map<string, Sample>> {
  const pod = findPod(context, desktopId, 'desktop')?.pod;
  const running = (pod?.status.ephemeralContainerStatuses ?? []).filter(
    ({ name, state }) => state?.running && pod && isLaunchContainer(pod, name),
  );
  if (running.length === 0) return new Map();
  const byContainer = samplesOf(await context.nodeQueries.usage(desktopId));
  return new Map(
    running.flatMap((status) => {
      const sample = byContainer.get(containerIdOf(status) ?? '');
      return sample ? [[status.name, sample] as const] : [];
    }),
  );
}

async function samplesBeside(context: Context, desktopId: string): Promise<Map<string, Sample>> {
  const { api, namespace } = context;
  const running = [...listPods(context, 'launch')].filter(
    ({ pod, desktopId: id }) => id === desktopId && statusOf(pod, mainOf(pod))?.state?.running,
  );
  const found = await Promise.all(
    running.map(async ({ pod }) => {
      const { metadata } = pod;
      const ref = { api, namespace, pod: metadata.name, container: mainOf(pod) };
      const command = ['cat', ...FILES];
      // An image without `cat` tells nothing of itself.
      const read = await output(ref, command, AbortSignal.timeout(TIMEOUT_MS)).catch(
        ignore('an image without `cat` reports no usage', null),
      );
      const sample = read && sampleOf(read.text);
      return sample ? ([metadata.name, sample] as const) : null;
    }),
  );
  return new Map(found.filter((one) => one !== null));
}
