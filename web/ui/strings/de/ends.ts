/** How a launch ended, in German: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app} wurde nicht gestartet.${why}`;
    case 'error':
      return `${app} wurde mit einem Fehler beendet${exitCode === null ? '' : ` (Exit-Code ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `${app} hatte nicht genug Arbeitsspeicher.${why}`;
    case 'killed':
      return `${app} wurde zwangsweise beendet.${why}`;
    case 'stopped_by_admin':
      return `${app} wurde von der Administration beendet.`;
    case 'completed':
      return `${app} wurde beendet, ohne ein Fenster zu öffnen.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app} wurde beendet.${why}`;
    default:
      return reason satisfies never;
  }
};
