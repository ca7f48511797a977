/** The texts about files in the home folder, in Portuguese: a part of strings.ts. */
import type { HomeSentence, HomeStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const homeSentence: HomeSentence = (home) =>
  home === null
    ? ''
    : home === 'kept'
      ? ' Os arquivos da sua pasta pessoal são mantidos.'
      : ' Os arquivos da sua pasta pessoal são excluídos.';

export const home: HomeStrings = {
  home: {
    mark: 'Arquivos temporários',
    markTitle: 'Os arquivos da sua pasta pessoal são excluídos quando esta área de trabalho é encerrada',
    title: 'Seus arquivos são excluídos quando esta área de trabalho é encerrada',
    text: 'A pasta pessoal desta área de trabalho não é mantida. Os arquivos dela são excluídos quando você sai, quando a área de trabalho é recriada ou removida e quando a máquina dela é reiniciada. Desconectar não exclui nada. Baixe os arquivos de que precisa ou salve-os em outro lugar.',
    pods: 'Um aplicativo no próprio pod tem uma pasta pessoal própria, que é excluída quando o aplicativo termina.',
    kept: 'Os arquivos da sua pasta pessoal são mantidos.',
    lost: 'Os arquivos da sua pasta pessoal são excluídos:',
    empty: 'Nenhum arquivo da sua pasta pessoal mudou desde que a área de trabalho foi criada.',
    total: (count, size) => `${many(count, { one: '# arquivo', other: '# arquivos' })}, ${size}`,
    newest: (shown) =>
      many(shown, {
        one: 'o modificado mais recentemente está na lista',
        other: 'os # modificados mais recentemente estão na lista',
      }),
    incomplete: 'Pode haver mais: algumas pastas não puderam ser lidas ou demoraram demais.',
    leftOut: (names) => `Não listados nem baixados: ${listed(names)} (caches).`,
    list: 'Arquivos da sua pasta pessoal',
    failed: 'Os arquivos da sua pasta pessoal são excluídos. Não foi possível listá-los:',
    download: 'Baixar todos os arquivos',
    downloadHint: 'Em um único arquivo compactado (tar.gz)',
    notIdle: 'Não é possível programar isto para quando você estiver ausente, pois exclui arquivos.',
  },
};
