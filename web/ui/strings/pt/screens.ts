/** The texts about several screens and windows of apps, in Portuguese: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: 'Tela',
    add: 'Adicionar uma tela',
    words: 'monitor janela segunda',
    popOut: 'Abrir em uma janela própria',
    pullBack: 'Devolver à área de trabalho',
    main: 'Mover para a tela principal',
    moveTo: (number: number) => `Mover para a tela ${number}`,
    most: (count: number) => `Uma área de trabalho pode ter no máximo ${count} telas.`,
    blocked: 'O navegador bloqueou a nova janela. Permita pop-ups para esta página e tente novamente.',
    refused: (reason: string) => `A área de trabalho não pode ter estas telas: ${reason}`,
    waiting: 'A área de trabalho está abrindo espaço para esta tela…',
    alone:
      'A página principal da área de trabalho está fechada. Esta janela continua funcionando; abra a página principal para mudar o tamanho dela.',
  },
};
