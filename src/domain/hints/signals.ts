/** Programs that a signal ended, known from the exit code (128 + signal) alone: for logs that don't name a cause. */
import { asPod, failed, inTheDesktop, textOf } from './failure.ts';
import type { Failure, HintRule } from './failure.ts';

const CRASHED = /Segmentation fault|SIGSEGV|core dumped|signal 11\b/i;

function endedBy(failure: Failure, code: number): boolean {
  return failed(failure) && failure.exitCode === code;
}

export const SIGNALS: readonly HintRule[] = [
  {
    id: 'segmentation-fault',
    recognise: (failure) =>
      endedBy(failure, 139) || (failed(failure) && CRASHED.test(textOf(failure)))
        ? {
            title: 'The app crashed',
            explanation:
              'It touched memory that is not its own (signal 11, SIGSEGV, exit code 139). Most often a fault of the program or of a graphics driver: try without OpenGL (LIBGL_ALWAYS_SOFTWARE=1) or in the other runtime, and read the last lines of the log.',
            remedies: [
              { label: 'Run again without hardware drawing', env: { LIBGL_ALWAYS_SOFTWARE: '1' } },
              ...inTheDesktop(failure),
              ...asPod(failure),
            ],
          }
        : null,
  },
  {
    id: 'aborted',
    recognise: (failure) =>
      endedBy(failure, 134)
        ? {
            title: 'The app gave up',
            explanation:
              'It ended itself because something it relies on was not true (signal 6, SIGABRT, exit code 134). The last lines of the log usually say what.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
  {
    id: 'killed',
    recognise: (failure) =>
      endedBy(failure, 137) || endedBy(failure, 143) || failure.reason === 'killed'
        ? {
            title: 'The app was ended from outside',
            explanation:
              failure.exitCode === 143
                ? 'Somebody or something asked it to end (signal 15, SIGTERM, exit code 143), but not through Tasks.'
                : 'It was killed (signal 9, SIGKILL, exit code 137), but not through Tasks, and its own memory limit was not the cause: the machine may have been short of memory, or another program did it.',
            remedies: [{ label: 'Run again', env: {} }],
          }
        : null,
  },
];
