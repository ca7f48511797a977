/**
 * Every text of the UI, in German. It addresses people with “Sie”, and says what is meant without naming a sex: “die
 * Administration”.
 *
 * Glossary: app: App; desktop: Desktop; launch: Start; runtime: Laufzeit; toolbox: Toolbox; copy: Kopie; debug session:
 * Debug-Sitzung; home folder: Home-Verzeichnis; log: Protokoll; rebuild: neu erstellen; disconnect: Verbindung trennen;
 * stop: beenden.
 */
import type { Strings } from '../type.ts';
import { appStore } from './app-store.ts';
import { debug } from './debug.ts';
import { endOfLaunch } from './ends.ts';
import { listed, many } from './grammar.ts';
import { files } from './files.ts';
import { home, homeSentence } from './home.ts';
import { inspect } from './inspect.ts';
import { prints } from './prints.ts';
import { screens } from './screens.ts';
import { open } from './open.ts';
import { settings } from './settings.ts';
import { tokens } from './tokens.ts';

export const de: Strings = {
  product: 'Deskpod',
  close: 'Schließen',
  cancel: 'Abbrechen',
  retry: 'Erneut versuchen',
  refresh: 'Aktualisieren',
  copy: 'Kopieren',
  copied: 'Kopiert',
  remove: 'Entfernen',
  loading: 'Wird geladen …',
  keyNames: { ctrl: 'Strg', space: 'Leertaste' },
  states: {
    failedTitle: 'Das konnte nicht geladen werden',
    offlineTitle: 'Keine Verbindung zum Server',
    offline: 'Ihr Desktop läuft weiter, während Sie offline sind. Diese Seite verbindet sich automatisch neu.',
    forbiddenTitle: 'Sie dürfen das nicht ansehen',
    forbidden: 'Ihrem Konto fehlt die nötige Rolle. Bitten Sie die Administration um Zugang.',
    versionTitle: 'Diese Seite ist veraltet',
    version: 'Laden Sie sie neu, damit sie zur Version des Servers passt. Ihr Desktop ist nicht betroffen.',
    reload: 'Neu laden',
  },
  login: {
    tabs: 'Anmeldeverfahren',
    language: 'Sprache',
    directory: 'Verzeichnis',
    directoryNamed: (name) => `Verzeichnis: ${name}`,
    anonymous: 'Gast',
    name: 'Benutzername',
    password: 'Passwort',
    submit: 'Anmelden',
    busy: 'Wird geprüft …',
    guest: 'Als Gast fortfahren',
    guestHint: 'Sie erhalten einen eigenen Desktop ohne Konto. Seine Dateien werden beim Abmelden gelöscht.',
    emptyName: 'Geben Sie Ihren Benutzernamen ein.',
    emptyPassword: 'Geben Sie Ihr Passwort ein.',
    stays: 'Ihr Desktop läuft weiter, wenn Sie die Verbindung trennen.',
    ended:
      'Ihre Sitzung ist beendet. Melden Sie sich wieder an, um zu Ihrem Desktop zurückzukehren, falls er noch läuft.',
    loggedOut: 'Sie haben sich abgemeldet.',
    linkOver: 'Dieser Anmeldelink wurde bereits verwendet oder ist abgelaufen.',
    loggedOutKept:
      'Sie haben sich abgemeldet. Ihr Desktop wurde entfernt, die Dateien in Ihrem Home-Verzeichnis sind erhalten geblieben.',
    loggedOutLost: 'Sie haben sich abgemeldet. Ihr Desktop und die Dateien in seinem Home-Verzeichnis wurden entfernt.',
    revoked:
      'Diese Sitzung wurde von Ihnen an anderer Stelle oder von der Administration beendet, oder Ihr Konto wurde geändert.',
    everywhere: 'Sie sind überall abgemeldet. Ihr Desktop läuft weiter.',
    disconnected: 'Die Verbindung ist getrennt. Ihr Desktop läuft weiter.',
    none: 'Die Anmeldung ist noch nicht eingerichtet',
    noneHint: 'Auf diesem Server ist kein Anmeldeverfahren eingerichtet. Wenden Sie sich an die Administration.',
  },
  session: {
    stay: 'Angemeldet bleiben',
    endsUnused: (time) => `Sie werden um ${time} abgemeldet, wenn Sie den Desktop nicht verwenden.`,
    ends: (time) =>
      `Ihre Sitzung endet um ${time}. Ihr Desktop läuft weiter; melden Sie sich wieder an, um zu ihm zurückzukehren.`,
  },
  start: {
    title: 'Ihr Desktop wird gestartet',
    warmTitle: 'Ihr Desktop wird geöffnet',
    failedTitle: 'Ihr Desktop wurde nicht gestartet',
    endedTitle: 'Ihr Desktop wurde beendet',
    ended: (of) => `Seine Apps wurden geschlossen.${homeSentence(of)}`,
    stopping: 'Ihr Desktop wird entfernt',
    again: 'Neuen Desktop starten',
    soFar: (time) => `bisher ${time}`,
    took: (time) => `dauerte ${time}`,
    usually: (time) => `üblich: ${time}`,
    firstTime: 'erster Start auf diesem Server',
    running: (time) => `${time} …`,
    done: 'erledigt',
    waiting: 'wartet',
    underWay: 'läuft',
    failed: 'fehlgeschlagen',
    steps: {
      authorise: 'Zugang geprüft',
      home: 'Home-Verzeichnis bereit',
      image: 'Image bereit',
      create: 'Container erstellt',
      display: 'Bildschirm bereit',
      window_manager: 'Fenstermanager bereit',
      first_pixel: 'Erstes Bild empfangen',
    },
    doing: {
      authorise: 'Zugang wird geprüft',
      home: 'Home-Verzeichnis wird vorbereitet',
      image: 'Image wird geladen',
      create: 'Container wird erstellt',
      display: 'Warten auf den Bildschirm',
      window_manager: 'Warten auf den Fenstermanager',
      first_pixel: 'Warten auf das erste Bild',
    },
    trace: 'Bisherige Dauer der einzelnen Schritte',
  },
  screen: {
    label: 'Ihr Desktop. Tasten gehen an seine Apps. Drücken Sie Strg+Alt+H, um zu erfahren, wie Sie ihn verlassen.',
    labelTouch:
      'Ihr Desktop. Berührungen gehen an seine Apps. Die Bildschirmtastatur öffnen Sie über die Leiste darüber.',
    reconnecting: 'Verbindung wird wiederhergestellt …',
    reconnectingDetail: 'Ihre Apps laufen weiter, während die Verbindung unterbrochen ist.',
    refused: 'Ihr Desktop kann nicht angezeigt werden',
    offline: 'Keine Netzwerkverbindung. Der Bildschirm verbindet sich neu, sobald Sie wieder online sind.',
    keysDropped:
      'Der Bildschirm war länger als 5 Sekunden getrennt. Was Sie in dieser Zeit getippt oder eingefügt haben, wurde nicht gesendet.',
    keyboard: 'Bildschirmtastatur',
    pan: 'Verschieben und zoomen',
    modifiers: 'Zusätzliche Tasten (Strg, Alt, Esc …)',
    trackpad: 'Trackpad-Modus',
    moreKeys: 'Weitere Tasten',
    dragLocked: 'Ziehen: zum Loslassen tippen',
  },
  bar: {
    label: 'Leiste',
    menu: 'Menü',
    search: 'Suche',
    noWindow: 'Desktop',
    notices: (count) =>
      count === 0
        ? 'Benachrichtigungen'
        : many(count, { one: 'Benachrichtigungen, # ungelesen', other: 'Benachrichtigungen, # ungelesen' }),
    offline: 'Offline',
    asks: (who) => `${who} bittet um Zugang`,
    unseen: (count) => many(count, { one: '# neue Debug-Sitzung', other: '# neue Debug-Sitzungen' }),
    ending: 'endet bald',
  },
  clipboard: {
    paste: 'Von diesem Computer einfügen',
    pasteHint:
      'Ihr Browser fragt, bevor er die Zwischenablage freigibt. Drücken Sie hier Strg+V, um Text oder ein Bild an die Zwischenablage des Desktops zu senden.',
    pasteHintMac:
      'Ihr Browser fragt, bevor er die Zwischenablage freigibt. Drücken Sie hier ⌘V, um Text oder ein Bild an die Zwischenablage des Desktops zu senden.',
    pasteHintTouch:
      'Ihr Browser fragt, bevor er die Zwischenablage freigibt. Halten Sie das Feld gedrückt und tippen Sie auf „Einfügen“, um Text oder ein Bild an die Zwischenablage des Desktops zu senden.',
    pasteField: 'Text oder Bild für die Zwischenablage des Desktops',
    send: 'An den Desktop senden',
    sent: 'Der Text ist in der Zwischenablage des Desktops. Sie können ihn dort einfügen.',
    tooLargeHere: (size, limit) =>
      `Dieser Text ist zu groß für die Zwischenablage des Desktops (${size}; höchstens ${limit}). Kopieren Sie ihn in Teilen oder speichern Sie ihn in einer Datei.`,
    tooLargeThere: (limit) =>
      `Der im Desktop kopierte Text kann nicht übertragen werden: Er ist zu groß (höchstens ${limit}, bei manchen Apps weniger), oder die App antwortet nicht. Sie können ihn nur im Desktop einfügen.`,
    sentLater: 'Der Text wird an die Zwischenablage des Desktops gesendet, sobald der Bildschirm wieder verbunden ist.',
    copyHere: 'Auf diesen Computer kopieren',
    empty: 'Die Zwischenablage dieses Computers enthält nichts, was sich einfügen lässt.',
    open: 'Zwischenablage',
    fromDesktop: 'Im Desktop kopiert',
    earlier: 'Früher',
    picture: 'Bild',
    sentForms: 'Es ist in der Zwischenablage des Desktops. Sie können es dort einfügen.',
    sending:
      'Es ist noch auf dem Weg in die Zwischenablage des Desktops. Warten Sie auf die Meldung, dass es angekommen ist, und fügen Sie es dann noch einmal ein.',
    formsTooLarge: (size, limit) =>
      `Das ist zu groß für die Zwischenablage des Desktops (${size}; höchstens ${limit}). Speichern Sie es in einer Datei.`,
    unknownPicture:
      'Ihr Browser kann dieses Bild nicht lesen. Öffnen Sie es in einem anderen Programm und kopieren Sie es dort.',
    copyByHand:
      'Ihr Browser erlaubt dieser Seite nicht, das zu kopieren. Text kopieren Sie mit Strg+C, ein Bild über sein Kontextmenü mit „Bild kopieren“.',
  },
  sound: {
    button: 'Ton',
    buttonMuted: 'Ton (stumm)',
    buttonBroken: 'Ton (nicht verfügbar)',
    here: 'In diesem Browser',
    volume: (name) => `Lautstärke: ${name}`,
    mute: (name) => `Stummschalten: ${name}`,
    unnamed: 'Ein Programm ohne Namen',
    plays: 'spielt Ton ab',
    silent: 'Es wird nichts abgespielt.',
    playing: 'Gerade zu hören:',
    waiting: 'Der Ton beginnt, sobald Sie klicken oder eine Taste drücken.',
    connecting: 'Verbindung wird hergestellt …',
    lost: 'Der Ton Ihres Desktops ist unterbrochen; es wird erneut versucht.',
    refused: 'Ihr Desktop hat keinen Ton.',
    forbidden: 'Der Ton ist auf diesem Server ausgeschaltet.',
  },
  microphone: {
    label: 'Mikrofon',
    names: (names) => listed(names),
    asking: (who) => `Mikrofon für ${who}: Ihr Browser bittet Sie um Erlaubnis.`,
    on: (who) => `Ihr Mikrofon ist für ${who} eingeschaltet.`,
    muted: (who) => `Ihr Mikrofon ist für ${who} stummgeschaltet.`,
    off: (who) => `Ihr Mikrofon ist für ${who} ausgeschaltet.`,
    elsewhere: (who) => `Für ${who} ist das Mikrofon eines anderen Ihrer Fenster eingeschaltet.`,
    unnamed: 'ein Programm',
    mute: 'Stummschalten',
    stop: 'Beenden',
    use: 'Mikrofon hier verwenden',
    again: 'Erneut versuchen',
    dismiss: 'Ausblenden',
    problems: {
      forbidden: 'Es ist auf diesem Server ausgeschaltet.',
      denied:
        'Ihr Browser erlaubt es nicht. Erlauben Sie es in den Browsereinstellungen für diese Seite und versuchen Sie es erneut.',
      missing: 'Dieser Browser findet kein Mikrofon. Schließen Sie eines an und versuchen Sie es erneut.',
      busy: 'Vielleicht verwendet es gerade ein anderes Programm auf Ihrem Computer. Beenden Sie dieses und versuchen Sie es erneut.',
      insecure: 'Browser erlauben es nur Seiten mit HTTPS.',
      failed: 'Es funktioniert in diesem Browser nicht.',
    },
  },
  dock: {
    label: 'Dock',
    empty: 'Das Dock ist leer. Drücken Sie Strg+Leertaste, um eine App zu suchen.',
    emptyTouch: 'Das Dock ist leer. Tippen Sie auf „Suche“, um eine App zu finden.',
    search: 'Suche (Strg+Leertaste)',
    searchTouch: 'Suche',
    starting: 'wird gestartet',
    installing: 'wird installiert',
    windows: (count) => many(count, { one: '# Fenster', other: '# Fenster' }),
    notRunning: 'läuft nicht',
    newWindow: 'Neues Fenster',
    open: 'Öffnen',
    stop: 'Beenden',
    keep: 'Im Dock behalten',
    unkeep: 'Aus dem Dock entfernen',
    moveLeft: 'Nach links',
    moveRight: 'Nach rechts',
    tasks: 'In Tasks anzeigen',
    minimised: 'minimiert',
  },
  search: {
    label: 'Apps, Fenster, Dateien und Einstellungen suchen',
    placeholder: 'Apps, Fenster, Dateien, Einstellungen suchen',
    apps: 'Apps',
    windows: 'Fenster',
    files: 'Dateien',
    settings: 'Einstellungen',
    none: (query) => `Keine Ergebnisse für „${query}“`,
    noneHint: 'Versuchen Sie es mit einem kürzeren Wort oder einem Teil des Namens.',
    noApps: 'Noch keine Apps. Die Administration fügt sie zum Katalog hinzu.',
    running: 'läuft',
    starting: 'wird gestartet',
    notInstalled: 'nicht installiert',
    installing: 'wird installiert',
    unavailable: 'nicht verfügbar',
    inDesktop: 'in Ihrem Desktop',
    inPod: 'in einem eigenen Pod',
    run: 'Öffnen',
    install: 'Installieren und öffnen',
    inDesktopAction: 'Im Desktop',
    inPodAction: 'In einem eigenen Pod',
    keep: 'Im Dock behalten',
    unkeep: 'Aus dem Dock entfernen',
    window: 'Fenster',
    more: 'weitere Aktionen',
    choose: 'auswählen',
    results: (count) => many(count, { one: '# Ergebnis', other: '# Ergebnisse' }),
  },
  menu: {
    label: 'Menü',
    search: 'Suche',
    settings: 'Einstellungen',
    shell: 'Web-Shell',
    fullScreen: 'Vollbild',
    leaveFullScreen: 'Vollbild beenden',
    hideDock: 'Dock automatisch ausblenden',
    theme: 'Design',
    system: 'System',
    light: 'Hell',
    dark: 'Dunkel',
    keyboard: 'Tastenkürzel',
    disconnect: 'Verbindung trennen',
    disconnectHint: 'Apps laufen weiter',
    logout: 'Abmelden …',
  },
  logout: {
    title: 'Abmelden und diesen Desktop entfernen?',
    text: (running) =>
      running === 0
        ? 'Beim Abmelden wird der Desktop entfernt.'
        : `${many(running, { one: 'Beim Abmelden wird # laufende App geschlossen', other: 'Beim Abmelden werden # laufende Apps geschlossen' })} und der Desktop entfernt. Speichern Sie vorher Ihre Arbeit.`,
    confirm: 'Abmelden',
    instead: 'Nur Verbindung trennen',
  },
  rebuild: {
    open: 'Neu erstellen …',
    title: 'Diesen Desktop neu erstellen?',
    text: (running) =>
      running === 0
        ? 'Der Desktop wird ohne seine beendeten Container neu erstellt.'
        : `Der Desktop wird ohne seine beendeten Container neu erstellt, und dieselben Apps starten wieder (${many(running, { one: '# läuft', other: '# laufen' })}). Nicht gespeicherte Arbeit geht verloren.`,
    idleText:
      'Um Unterbrechungen zu vermeiden, erstellen Sie ihn während Ihrer Abwesenheit neu: Es beginnt, sobald niemand am Desktop ist.',
    now: 'Jetzt neu erstellen',
    idle: 'Während meiner Abwesenheit',
    scheduled: 'Der Desktop wird während Ihrer Abwesenheit neu erstellt.',
    cancelScheduled: 'Nicht neu erstellen',
    fullTitle: 'In diesem Desktop können keine weiteren Apps starten',
    asPod: 'In einem eigenen Pod starten',
  },
  notices: {
    label: 'Benachrichtigungen',
    empty: 'Noch keine Benachrichtigungen.',
    dismiss: 'Verwerfen',
    more: (count) => many(count, { one: '# weitere', other: '# weitere' }),
    details: 'In Tasks anzeigen',
    levels: { info: 'Hinweis', warning: 'Warnung', error: 'Fehler' },
    installing: (app) => `${app} wird installiert und danach geöffnet.`,
    unavailable: (app, reason) => `${app} kann nicht installiert werden: ${reason}`,
    waiting: (app, reason) => `${app} wartet: ${reason}`,
    again: 'Erneut starten',
    showLog: 'Protokoll anzeigen',
    ended: {
      launch: endOfLaunch,
      desktop: (apps) =>
        `${listed(apps)} ${apps.length === 1 ? 'wurde' : 'wurden'} beendet, weil der Desktop unerwartet endete.`,
    },
    noAnswer: 'Der Server antwortet nicht. Prüfen Sie das Netzwerk und versuchen Sie es erneut.',
    unnamed: 'Auf dieser Seite ist ein Fehler aufgetreten. Laden Sie sie neu, wenn er weiterhin auftritt.',
  },
  terminal: {
    title: 'Web-Shell',
    titleIn: (name) => `Shell in ${name}`,
    tooMany: (limit) =>
      many(limit, {
        one: 'Sie haben # Terminal geöffnet, mehr sind nicht möglich. Schließen Sie es und versuchen Sie es erneut.',
        other:
          'Sie haben # Terminals geöffnet, mehr sind nicht möglich. Schließen Sie eines und versuchen Sie es erneut.',
      }),
    noShell: (name) => `Das Image von ${name} enthält keine Shell.`,
    refused: (name) =>
      `In ${name} konnte keine Shell geöffnet werden: ${name} wurde beendet, oder das Image enthält keine Shell.`,
    maximise: 'Maximieren',
    restore: 'Wiederherstellen',
    close: 'Terminal schließen',
    ended: (code) => (code === null ? 'Die Shell wurde beendet.' : `Die Shell wurde mit Exit-Code ${code} beendet.`),
    lost: 'Die Verbindung zur Shell ist abgebrochen.',
    replaced: 'Die Verbindung ist abgebrochen. Dies ist eine neue Shell.',
    tooMuch: (size, most) =>
      `Es wurde nichts eingefügt: ${size} sind zu viel für ein Terminal (höchstens ${most}). Speichern Sie den Text stattdessen in einer Datei im Home-Verzeichnis.`,
    again: 'Neue Shell starten',
    resize: 'Größe des Terminals ändern',
    move: 'Terminal verschieben',
    leave: 'Strg+Alt+T verlässt das Terminal',
    leaveTouch: 'Tippen Sie auf den Desktop, um das Terminal zu verlassen',
  },
  ...files,
  ...home,
  ...prints,
  ...screens,
  appStore,
  ...tokens,
  ...open,
  ...settings,
  ...inspect,
  ...debug,
};
