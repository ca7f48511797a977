/** The texts about printing, in Portuguese: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `“${name}” está pronto para impressão.`,
    missed: (count) =>
      many(count, {
        one: '# documento foi impresso na sua ausência.',
        other: '# documentos foram impressos na sua ausência.',
      }),
    failed: (name) => `Não é possível imprimir “${name}” daqui. Abra o documento e imprima-o na página dele.`,
    print: 'Imprimir',
    open: 'Abrir',
    save: 'Salvar',
    remove: 'Excluir',
    list: 'Mostrar impressões',
    automatic: 'Abrir a caixa de impressão quando um aplicativo imprime',
    automaticHint: 'Caso contrário, aparece uma notificação.',
    empty: 'Nada foi impresso ainda',
    emptyHint:
      'Imprima em qualquer aplicativo com a impressora “Print to my computer”. O documento aparece aqui, e como arquivo PDF na pasta PDF da sua pasta pessoal.',
    name: 'Documento',
    size: 'Tamanho',
    time: 'Impresso',
    isNew: 'novo',
    only: (shown, total) => `São listados os ${shown} documentos mais recentes de ${total}.`,
    removeTitle: (name) => `Excluir “${name}”?`,
    removeText: 'O arquivo PDF é excluído da sua pasta pessoal.',
  },
};
