/** The texts about files in the home folder, in German: a part of strings.ts. */
import type { HomeSentence, HomeStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const homeSentence: HomeSentence = (home) =>
  home === null
    ? ''
    : home === 'kept'
      ? ' Die Dateien in Ihrem Home-Verzeichnis bleiben erhalten.'
      : ' Die Dateien in Ihrem Home-Verzeichnis werden gelöscht.';

export const home: HomeStrings = {
  home: {
    mark: 'Temporäre Dateien',
    markTitle: 'Die Dateien in Ihrem Home-Verzeichnis werden gelöscht, sobald dieser Desktop endet',
    title: 'Ihre Dateien werden gelöscht, sobald dieser Desktop endet',
    text: 'Das Home-Verzeichnis dieses Desktops wird nicht aufbewahrt. Seine Dateien werden gelöscht, wenn Sie sich abmelden, wenn der Desktop neu erstellt oder entfernt wird und wenn sein Rechner neu startet. Beim Trennen der Verbindung wird nichts gelöscht. Laden Sie Dateien, die Sie noch brauchen, herunter oder speichern Sie sie anderswo.',
    pods: 'Eine App in einem eigenen Pod hat ein eigenes Home-Verzeichnis, das beim Beenden der App gelöscht wird.',
    kept: 'Die Dateien in Ihrem Home-Verzeichnis bleiben erhalten.',
    lost: 'Die Dateien in Ihrem Home-Verzeichnis werden gelöscht:',
    empty: 'In Ihrem Home-Verzeichnis wurde nichts geändert, seit der Desktop erstellt wurde.',
    total: (count, size) => `${many(count, { one: '# Datei', other: '# Dateien' })}, ${size}`,
    newest: (shown) =>
      many(shown, {
        one: 'die zuletzt geänderte wird angezeigt',
        other: 'die # zuletzt geänderten werden angezeigt',
      }),
    incomplete: 'Möglicherweise gibt es weitere: Einige Ordner waren nicht lesbar, oder das Lesen dauerte zu lange.',
    leftOut: (names) => `Nicht aufgeführt und nicht heruntergeladen: ${listed(names)} (Caches).`,
    list: 'Dateien in Ihrem Home-Verzeichnis',
    failed: 'Die Dateien in Ihrem Home-Verzeichnis werden gelöscht. Sie konnten nicht aufgelistet werden:',
    download: 'Alle Dateien herunterladen',
    downloadHint: 'Als ein einziges Archiv (tar.gz)',
    notIdle: 'Das lässt sich nicht auf Ihre Abwesenheit verschieben, weil dabei Dateien gelöscht werden.',
  },
};
