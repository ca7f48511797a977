/** The texts about printing, in German: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `„${name}“ kann gedruckt werden.`,
    missed: (count) =>
      many(count, {
        one: '# Dokument wurde in Ihrer Abwesenheit gedruckt.',
        other: '# Dokumente wurden in Ihrer Abwesenheit gedruckt.',
      }),
    failed: (name) =>
      `„${name}“ kann von hier aus nicht gedruckt werden. Öffnen Sie das Dokument und drucken Sie es dort.`,
    print: 'Drucken',
    open: 'Öffnen',
    save: 'Speichern',
    remove: 'Löschen',
    list: 'Drucke anzeigen',
    automatic: 'Druckdialog öffnen, wenn eine App druckt',
    automaticHint: 'Andernfalls erscheint eine Benachrichtigung.',
    empty: 'Noch nichts gedruckt',
    emptyHint:
      'Drucken Sie in einer beliebigen App mit dem Drucker „Print to my computer“. Das Dokument erscheint hier und als PDF-Datei im Ordner PDF Ihres Home-Verzeichnisses.',
    name: 'Dokument',
    size: 'Größe',
    time: 'Gedruckt',
    isNew: 'neu',
    only: (shown, total) => `Aufgeführt sind die neuesten ${shown} von ${total} Dokumenten.`,
    removeTitle: (name) => `„${name}“ löschen?`,
    removeText: 'Die PDF-Datei wird aus Ihrem Home-Verzeichnis gelöscht.',
  },
};
