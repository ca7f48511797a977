/** How a launch ended, in Italian: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app} non si è avviata.${why}`;
    case 'error':
      return `${app} è terminata con un errore${exitCode === null ? '' : ` (codice di uscita ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `${app} ha esaurito la memoria.${why}`;
    case 'killed':
      return `${app} è stata terminata forzatamente.${why}`;
    case 'stopped_by_admin':
      return `Un amministratore ha interrotto ${app}.`;
    case 'completed':
      return `${app} è terminata senza aprire finestre.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app} è terminata.${why}`;
    default:
      return reason satisfies never;
  }
};
