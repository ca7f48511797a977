/** How a launch ended, in English: a part of strings.ts. */
import type { EndReason } from '#protocol/launch.ts';

export function endOfLaunch(
  app: string,
  { reason, exitCode, message }: { reason: EndReason; exitCode: number | null; message: string | null },
): string {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app} didn’t start.${why}`;
    case 'error':
      return `${app} ended with an error${exitCode === null ? '' : ` (exit code ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `${app} ran out of memory.${why}`;
    case 'killed':
      return `${app} was killed.${why}`;
    case 'stopped_by_admin':
      return `An administrator stopped ${app}.`;
    case 'completed':
      return `${app} exited without opening a window.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app} has ended.${why}`;
    default:
      return reason satisfies never;
  }
}
