/** The texts about printing, in Spanish: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `«${name}» está listo para imprimir.`,
    missed: (count) =>
      many(count, {
        one: 'Se imprimió # documento en tu ausencia.',
        other: 'Se imprimieron # documentos en tu ausencia.',
      }),
    failed: (name) => `«${name}» no se puede imprimir desde aquí. Ábrelo e imprímelo desde su página.`,
    print: 'Imprimir',
    open: 'Abrir',
    save: 'Guardar',
    remove: 'Eliminar',
    list: 'Mostrar impresiones',
    automatic: 'Abrir el cuadro de impresión cuando una aplicación imprime',
    automaticHint: 'Si no, aparece una notificación.',
    empty: 'Todavía no se ha impreso nada',
    emptyHint:
      'Imprime desde cualquier aplicación con la impresora «Print to my computer». El documento aparece aquí, y como archivo PDF en la carpeta PDF de tu carpeta personal.',
    name: 'Documento',
    size: 'Tamaño',
    time: 'Impreso',
    isNew: 'nuevo',
    only: (shown, total) => `Se muestran los ${shown} documentos más recientes de ${total}.`,
    removeTitle: (name) => `¿Eliminar «${name}»?`,
    removeText: 'El archivo PDF se elimina de tu carpeta personal.',
  },
};
