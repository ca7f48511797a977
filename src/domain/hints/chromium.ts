/** Chromium and what is built on it (Electron): its sandbox and its use of /dev/shm. */
import { failed, textOf } from './failure.ts';
import type { HintRule } from './failure.ts';

const NO_SANDBOX =
  /No usable sandbox|Failed to receive hello message from zygote|Running as root without --no-sandbox|SUID sandbox helper binary was found, but is not configured|Failed to move to new namespace|namespace sandbox failed/i;
const SHM =
  /(?:Creating|open|Unable to access).{0,60}\/dev\/shm.{0,60}(?:failed|denied|No space|exceeded)|\/dev\/shm\b.{0,80}(?:No space|too small)/i;

export const CHROMIUM: readonly HintRule[] = [
  {
    id: 'no-usable-sandbox',
    recognise: (failure) =>
      NO_SANDBOX.test(textOf(failure))
        ? {
            title: 'Chromium found no usable sandbox',
            explanation:
              'Chromium locks every page into namespaces of its own, which this app’s seccomp profile or this machine does not allow. Better than starting it without: an administrator gives the app’s image the label oc.seccomp="browser-sandbox"; ' +
              'if it has that label, the machine itself forbids user namespaces. --no-sandbox starts it without: then a page that breaks out of the browser has everything this container has, your home included; only the container’s own walls remain. Use it only for pages you trust.',
            remedies: [{ label: 'Run again with --no-sandbox', args: ['--no-sandbox'] }],
          }
        : null,
  },
  {
    id: 'dev-shm',
    recognise: (failure) =>
      SHM.test(textOf(failure)) || (failed(failure) && failure.exitCode === 135)
        ? {
            title: '/dev/shm is too small',
            explanation:
              'The app keeps pictures in /dev/shm and it was full or could not be used (a bus error, exit code 135, is the usual sign). --disable-dev-shm-usage makes Chromium use /tmp; current Chromium and Firefox hardly use /dev/shm at all.',
            remedies: [{ label: 'Run again with --disable-dev-shm-usage', args: ['--disable-dev-shm-usage'] }],
          }
        : null,
  },
];
