/** How a launch ended, in Spanish: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app} no se ha iniciado.${why}`;
    case 'error':
      return `${app} ha terminado con un error${exitCode === null ? '' : ` (código de salida ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `${app} se ha quedado sin memoria.${why}`;
    case 'killed':
      return `El sistema ha terminado ${app} de forma forzada.${why}`;
    case 'stopped_by_admin':
      return `Un administrador ha detenido ${app}.`;
    case 'completed':
      return `${app} ha terminado sin abrir ninguna ventana.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app} ha terminado.${why}`;
    default:
      return reason satisfies never;
  }
};
