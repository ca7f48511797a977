/**
 * What every engine promises. Podman, Docker and a real Kubernetes run this suite with their images and the few
 * properties in `EngineUnderTest`. Nothing here knows which engine it is.
 */
import { after, before, describe } from 'node:test';
import { debugRefusals } from './engine-debug-refusals.ts';
import { debugPromises } from './engine-debug.ts';
import { desktopPromises } from './engine-desktops.ts';
import { imagePromises } from './engine-images.ts';
import { insidePromises } from './engine-inspect.ts';
import { isolationPromises } from './engine-isolation.ts';
import { egressPromises } from './engine-egress.ts';
import type { EngineUnderTest } from './engine-kit.ts';
import { launchPromises } from './engine-launches.ts';
import { logPromises } from './engine-logs.ts';
import { regionPromises } from './engine-region.ts';
import { servicePromises } from './engine-services.ts';
import { seccompPromises } from './engine-seccomp.ts';
import { sharedFolderPromises } from './engine-shared-folders.ts';
import { sharedLimitPromises } from './engine-shared-limits.ts';
import { talkPromises } from './engine-talk.ts';

export type { EngineUnderTest } from './engine-kit.ts';

/** About equally long on a cluster, where each is a file: `test/kubernetes/engine-PART.test.ts`. */
export const PARTS = {
  desktops: [desktopPromises, imagePromises, servicePromises, sharedFolderPromises],
  launches: [launchPromises, sharedLimitPromises],
  commands: [talkPromises, logPromises],
  debug: [debugPromises, debugRefusals],
  inside: [insidePromises, isolationPromises, seccompPromises],
  region: [regionPromises, egressPromises],
} as const;
export type Part = keyof typeof PARTS;

/** `skip` is the reason why this engine cannot be tested here, or null. Without `part`, the whole contract. */
export function engineContract(
  name: string,
  skip: string | null,
  open: () => Promise<EngineUnderTest>,
  part?: Part,
): void {
  const timeout = (part === undefined ? 16 : 10) * 60_000;
  describe(`${name} engine`, { skip: skip ?? false, timeout }, () => {
    let opened: EngineUnderTest | null = null;
    before(async () => {
      opened = await open();
    });
    after(async () => {
      await opened?.[Symbol.asyncDispose]();
    });
    const under = (): EngineUnderTest => {
      if (opened === null) throw new Error(`the ${name} engine was not opened`);
      return opened;
    };
    const promises = part === undefined ? Object.values(PARTS).flat() : PARTS[part];
    for (const promise of promises) promise(under);
  });
}
