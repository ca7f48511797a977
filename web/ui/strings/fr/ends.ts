/** How a launch ended, in French: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app} n’a pas démarré.${why}`;
    case 'error':
      return `${app} s’est terminé avec une erreur${exitCode === null ? '' : ` (code de sortie ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `${app} a manqué de mémoire.${why}`;
    case 'killed':
      return `${app} a été tué.${why}`;
    case 'stopped_by_admin':
      return `${app} a été arrêté par l’administration.`;
    case 'completed':
      return `${app} s’est terminé sans ouvrir de fenêtre.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app} s’est terminé.${why}`;
    default:
      return reason satisfies never;
  }
};
