/** The texts about access tokens, in German: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'Dateien im eigenen Dateimanager',
    hint: (name) =>
      `Öffnen Sie Ihr Home-Verzeichnis mit dem Dateimanager Ihres Computers. Der Benutzername ist dort „${name}“, das Passwort ein Zugriffstoken. Wenn Ihr Desktop nicht läuft, wird er gestartet.`,
    address: 'Adresse',
    copyAddress: 'Adresse kopieren',
    copyToken: 'Zugriffstoken kopieren',
    finder: 'Finder (macOS): Wählen Sie „Gehe zu“ › „Mit Server verbinden“ und geben Sie die Adresse ein.',
    explorer:
      'Explorer (Windows): Klicken Sie mit der rechten Maustaste auf „Dieser PC“, wählen Sie „Netzlaufwerk verbinden“ und geben Sie die Adresse ein.',
    gnome:
      'GNOME Dateien: Wählen Sie „Andere Orte“ oder „Netzwerk“ und geben Sie die Adresse ein, die mit dav beginnt.',
    name: 'Bezeichnung',
    nameHint: 'zum Beispiel der Name des Computers',
    lifetime: 'Gültig',
    never: 'unbegrenzt',
    days: (count) => many(count, { one: '# Tag', other: '# Tage' }),
    make: 'Zugriffstoken erstellen',
    made: (name) =>
      `Das Zugriffstoken für „${name}“ wird nur einmal angezeigt. Kopieren Sie es jetzt und geben Sie es als Passwort ein.`,
    close: 'Fertig',
    none: 'Keine Zugriffstoken',
    created: 'Erstellt',
    used: 'Zuletzt verwendet',
    expires: 'Läuft ab',
    revoke: 'Widerrufen',
    revokeNamed: (name) => `Zugriffstoken „${name}“ widerrufen`,
    scope:
      'Ein Zugriffstoken öffnet nur Ihre Dateien. Alle enden, wenn Sie sich überall abmelden und wenn sich Ihr Passwort oder Ihre Rollen ändern.',
    off: 'Das Öffnen von Dateien mit anderen Programmen ist auf diesem Server ausgeschaltet.',
  },
};
