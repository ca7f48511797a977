/** Memory, disk and processes that ran out. */
import type { Hint } from '../../protocol/launch.ts';
import { sizeOf } from '../sizes.ts';
import { asPod, failed, textOf } from './failure.ts';
import type { About, Failure, HintRule } from './failure.ts';

/** The engine's message for a launch that ended because all containers of its desktop reached the memory they share. */
export const SHARED_MEMORY_EXCEEDED = 'The apps of the desktop together reached its memory limit.';

const FULL = /No space left on device|\bENOSPC\b|Disk quota exceeded|\bEDQUOT\b|disk is full|database or disk is full/i;
const NO_PROCESS =
  /(?:fork|clone|pthread_create|vfork)[^\n]{0,60}(?:Resource temporarily unavailable|EAGAIN)|Cannot fork|can't fork|failed to create (?:a )?thread/i;
const NO_MEMORY = /\bOut of memory\b|Cannot allocate memory|std::bad_alloc|\bENOMEM\b|JavaScript heap out of memory/i;

function memory({ limits }: Pick<Failure, 'limits'>): string {
  return limits.memoryBytes === undefined ? 'the desktop’s memory' : `${sizeOf(limits.memoryBytes)} of memory`;
}

function moreMemory({ limits }: Pick<Failure, 'limits'>): string {
  return limits.memoryBytes === undefined
    ? 'In the desktop it shares its memory with the other apps; close some, or run it as a pod with memory of its own.'
    : 'The limit comes from the app’s execute class (oc.executeclassname) or the default class; an administrator can give it a larger one.';
}

/** A launch may go on, or end well, without one of its processes. */
export function lostProcess(about: About): Omit<Hint, 'id' | 'anchor'> | null {
  if (!about.memoryKill) return null;
  return {
    title: 'A process of this app was killed for lack of memory',
    explanation:
      `The app reached ${memory(about)}, or all apps of the desktop together reached what they share, and the kernel ended one of its processes; ` +
      `what that did is missing. ${moreMemory(about)}`,
    remedies: [{ label: 'Run again', env: {} }, ...asPod(about)],
  };
}

export const RESOURCES: readonly HintRule[] = [
  {
    id: 'desktop-out-of-memory',
    recognise: ({ message }) =>
      message === SHARED_MEMORY_EXCEEDED
        ? {
            title: 'Your desktop ran out of memory',
            explanation:
              'All your apps and the desktop together needed more memory than they can have, and the kernel ended this app. Stop apps that you don’t need (Settings, User shows the use), then run it again. An administrator can raise the setting limits.desktop.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
  {
    id: 'out-of-memory',
    recognise: (failure) => {
      const counted = failure.outOfMemory || failure.reason === 'out_of_memory';
      if (failure.message === SHARED_MEMORY_EXCEEDED) return null;
      if (!counted && !(failed(failure) && NO_MEMORY.test(textOf(failure)))) return null;
      return {
        title: 'The app ran out of memory',
        explanation:
          `It needed more than ${memory(failure)} and ${counted ? 'the kernel ended it' : 'could not go on'}. ` +
          moreMemory(failure),
        remedies: [{ label: 'Run again', env: {} }, ...asPod(failure)],
      };
    },
  },
  {
    id: 'process-out-of-memory',
    recognise: (failure) => (failure.outOfMemory || failure.reason === 'out_of_memory' ? null : lostProcess(failure)),
  },
  {
    id: 'home-full',
    recognise: (failure) =>
      FULL.test(textOf(failure))
        ? {
            title: 'The disk, your home or /tmp is full',
            explanation:
              'The app could not write: no space or no quota is left. Remove what you do not need (df -h ~ and du -sh ~/* ~/.cache in a terminal show where it went), then run it again. If the app’s temporary files were too large, an administrator can raise the setting limits.tmp, in a cluster kubernetes.pods.tmpSize.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
  {
    id: 'process-limit',
    recognise: (failure) => {
      if (!NO_PROCESS.test(textOf(failure))) return null;
      const limit = failure.limits.processes === undefined ? '' : ` of ${failure.limits.processes}`;
      return {
        title: 'The app reached its process limit',
        explanation: `It wanted more processes or threads than its limit${limit}, or the limit of your desktop with all its apps, allows. An administrator can give it a larger execute class, or raise the setting limits.desktop.`,
        remedies: [{ label: 'Run again', env: {} }],
      };
    },
  },
];
