/** The texts about several screens and windows of apps, in Spanish: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: 'Pantalla',
    add: 'Añadir una pantalla',
    words: 'monitor ventana segunda',
    popOut: 'Abrir en su propia ventana',
    pullBack: 'Devolver al escritorio',
    main: 'Mover a la pantalla principal',
    moveTo: (number: number) => `Mover a la pantalla ${number}`,
    most: (count: number) => `Un escritorio puede tener como máximo ${count} pantallas.`,
    blocked:
      'El navegador ha bloqueado la ventana nueva. Permite las ventanas emergentes en esta página e inténtalo de nuevo.',
    refused: (reason: string) => `El escritorio no puede tener estas pantallas: ${reason}`,
    waiting: 'El escritorio está haciendo sitio para esta pantalla…',
    alone:
      'La página principal del escritorio está cerrada. Esta ventana sigue funcionando; abre la página principal para cambiar su tamaño.',
  },
};
