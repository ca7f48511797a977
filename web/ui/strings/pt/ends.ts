/** How a launch ended, in Portuguese: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app} não foi iniciado.${why}`;
    case 'error':
      return `${app} terminou com um erro${exitCode === null ? '' : ` (código de saída ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `${app} ficou sem memória.${why}`;
    case 'killed':
      return `${app} foi encerrado à força.${why}`;
    case 'stopped_by_admin':
      return `Um administrador parou ${app}.`;
    case 'completed':
      return `${app} terminou sem abrir nenhuma janela.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app} foi encerrado.${why}`;
    default:
      return reason satisfies never;
  }
};
