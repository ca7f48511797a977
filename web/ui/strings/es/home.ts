/** The texts about files in the home folder, in Spanish: a part of strings.ts. */
import type { HomeSentence, HomeStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const homeSentence: HomeSentence = (home) =>
  home === null
    ? ''
    : home === 'kept'
      ? ' Los archivos de tu carpeta personal se conservan.'
      : ' Los archivos de tu carpeta personal se eliminan.';

export const home: HomeStrings = {
  home: {
    mark: 'Archivos temporales',
    markTitle: 'Los archivos de tu carpeta personal se eliminan cuando termina este escritorio',
    title: 'Tus archivos se eliminan cuando termina este escritorio',
    text: 'La carpeta personal de este escritorio no se conserva. Sus archivos se eliminan cuando cierras sesión, cuando el escritorio se reconstruye o se elimina y cuando se reinicia su máquina. Desconectar no elimina nada. Descarga los archivos que necesites o guárdalos en otro lugar.',
    pods: 'Una aplicación en su propio pod tiene su propia carpeta personal, que se elimina cuando termina la aplicación.',
    kept: 'Los archivos de tu carpeta personal se conservan.',
    lost: 'Se eliminan los archivos de tu carpeta personal:',
    empty: 'Ningún archivo de tu carpeta personal ha cambiado desde que se creó el escritorio.',
    total: (count, size) => `${many(count, { one: '# archivo', other: '# archivos' })}, ${size}`,
    newest: (shown) =>
      many(shown, { one: 'se muestra el modificado más recientemente', other: 'se muestran los # más recientes' }),
    incomplete: 'Puede haber más: algunas carpetas no se han podido leer o han tardado demasiado.',
    leftOut: (names) => `No se muestran ni se descargan: ${listed(names)} (cachés).`,
    list: 'Archivos de tu carpeta personal',
    failed: 'Los archivos de tu carpeta personal se eliminan. No se ha podido obtener la lista:',
    download: 'Descargar todos los archivos',
    downloadHint: 'En un único archivo comprimido (tar.gz)',
    notIdle: 'No puedes programarlo para cuando no estés, porque elimina archivos.',
  },
};
