/**
 * Every text of the UI, in French. It addresses people with “vous”. Before : ; ? ! and inside « » is a no-break space.
 *
 * Glossary: app: application; desktop: bureau; launch: lancement; runtime: exécution; toolbox: boîte à outils; copy: copie;
 * debug session: session de débogage; home folder: dossier personnel; log: journal; engine: moteur; rebuild: reconstruire;
 * log out: se déconnecter; disconnect: quitter l’affichage (the desktop keeps running); stop: arrêter.
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

export const fr: Strings = {
  product: 'Deskpod',
  close: 'Fermer',
  cancel: 'Annuler',
  retry: 'Réessayer',
  refresh: 'Actualiser',
  copy: 'Copier',
  copied: 'Copié',
  remove: 'Supprimer',
  loading: 'Chargement…',
  keyNames: { ctrl: 'Ctrl', space: 'Espace' },
  states: {
    failedTitle: 'Impossible de charger cet élément',
    offlineTitle: 'Pas de connexion au serveur',
    offline: 'Votre bureau reste ouvert pendant que vous êtes hors ligne. Cette page se reconnecte automatiquement.',
    forbiddenTitle: 'Vous n’avez pas l’autorisation de voir ceci',
    forbidden: 'Votre compte n’a pas le rôle requis. Demandez l’accès à l’administration.',
    versionTitle: 'Cette page n’est plus à jour',
    version: 'Rechargez-la pour qu’elle corresponde à la version du serveur. Votre bureau n’est pas affecté.',
    reload: 'Recharger',
  },
  login: {
    tabs: 'Méthodes de connexion',
    language: 'Langue',
    directory: 'Annuaire',
    directoryNamed: (name) => `Annuaire : ${name}`,
    anonymous: 'Invité',
    name: 'Nom d’utilisateur',
    password: 'Mot de passe',
    submit: 'Se connecter',
    busy: 'Vérification…',
    guest: 'Continuer en tant qu’invité',
    guestHint:
      'Vous obtenez votre propre bureau, sans compte. Ses fichiers sont supprimés quand vous vous déconnectez.',
    emptyName: 'Saisissez votre nom d’utilisateur.',
    emptyPassword: 'Saisissez votre mot de passe.',
    stays: 'Votre bureau reste ouvert quand vous quittez l’affichage.',
    ended: 'Votre session est terminée. Reconnectez-vous pour retrouver votre bureau s’il est encore ouvert.',
    loggedOut: 'Vous vous êtes déconnecté.',
    linkOver: 'Ce lien de connexion a déjà servi ou a expiré.',
    loggedOutKept:
      'Vous vous êtes déconnecté. Votre bureau a été supprimé et les fichiers de votre dossier personnel ont été conservés.',
    loggedOutLost:
      'Vous vous êtes déconnecté. Votre bureau et les fichiers de son dossier personnel ont été supprimés.',
    revoked:
      'Cette session a été arrêtée par vous depuis un autre endroit, par l’administration ou parce que votre compte a changé.',
    everywhere: 'Vous êtes déconnecté partout. Votre bureau reste ouvert.',
    disconnected: 'Vous avez quitté l’affichage. Votre bureau reste ouvert.',
    none: 'La connexion n’est pas encore configurée',
    noneHint: 'Aucune méthode de connexion n’est configurée sur ce serveur. Contactez son administration.',
  },
  session: {
    stay: 'Rester connecté',
    endsUnused: (time) => `Vous serez déconnecté à ${time} si vous n’utilisez pas le bureau.`,
    ends: (time) =>
      `Votre session se termine à ${time}. Votre bureau reste ouvert ; reconnectez-vous pour le retrouver.`,
  },
  start: {
    title: 'Démarrage de votre bureau',
    warmTitle: 'Ouverture de votre bureau',
    failedTitle: 'Votre bureau n’a pas démarré',
    endedTitle: 'Votre bureau s’est terminé',
    ended: (of) => `Ses applications ont été fermées.${homeSentence(of)}`,
    stopping: 'Suppression de votre bureau',
    again: 'Démarrer un nouveau bureau',
    soFar: (time) => `${time} jusqu’ici`,
    took: (time) => `durée : ${time}`,
    usually: (time) => `d’habitude ${time}`,
    firstTime: 'premier démarrage sur ce serveur',
    running: (time) => `${time}…`,
    done: 'terminé',
    waiting: 'en attente',
    underWay: 'en cours',
    failed: 'échec',
    steps: {
      authorise: 'Accès vérifié',
      home: 'Dossier personnel prêt',
      image: 'Image prête',
      create: 'Conteneur créé',
      display: 'Affichage prêt',
      window_manager: 'Gestionnaire de fenêtres prêt',
      first_pixel: 'Première image reçue',
    },
    doing: {
      authorise: 'Vérification de l’accès',
      home: 'Préparation du dossier personnel',
      image: 'Téléchargement de l’image',
      create: 'Création du conteneur',
      display: 'Attente de l’affichage',
      window_manager: 'Attente du gestionnaire de fenêtres',
      first_pixel: 'Attente de la première image',
    },
    trace: 'Temps passé à chaque étape jusqu’ici',
  },
  screen: {
    label: 'Votre bureau. Les touches vont à ses applications. Appuyez sur Ctrl+Alt+H pour savoir comment en sortir.',
    labelTouch:
      'Votre bureau. Vos gestes vont à ses applications. La barre au-dessus permet d’ouvrir le clavier virtuel.',
    reconnecting: 'Reconnexion…',
    reconnectingDetail: 'Vos applications restent ouvertes pendant la coupure.',
    refused: 'Impossible d’afficher votre bureau',
    offline: 'Pas de connexion réseau. L’écran se reconnecte dès que vous êtes de nouveau en ligne.',
    keysDropped:
      'L’écran a été déconnecté pendant plus de 5 secondes. Ce que vous avez saisi ou collé entre-temps n’a pas été envoyé.',
    keyboard: 'Clavier virtuel',
    pan: 'Déplacer et zoomer',
    modifiers: 'Touches supplémentaires (Ctrl, Alt, Échap…)',
    trackpad: 'Mode pavé tactile',
    moreKeys: 'Autres touches',
    dragLocked: 'Glissement en cours : touchez pour relâcher',
  },
  bar: {
    label: 'Barre',
    menu: 'Menu',
    search: 'Rechercher',
    noWindow: 'Bureau',
    notices: (count) =>
      count === 0
        ? 'Notifications'
        : many(count, { one: 'Notifications, # non lue', other: 'Notifications, # non lues' }),
    offline: 'Hors ligne',
    asks: (who) => `${who} demande l’accès`,
    unseen: (count) =>
      many(count, { one: '# nouvelle session de débogage', other: '# nouvelles sessions de débogage' }),
    ending: 'se termine bientôt',
  },
  clipboard: {
    paste: 'Coller depuis cet ordinateur',
    pasteHint:
      'Votre navigateur demande confirmation avant de partager son presse-papiers. Appuyez ici sur Ctrl+V pour envoyer du texte ou une image vers le presse-papiers du bureau.',
    pasteHintMac:
      'Votre navigateur demande confirmation avant de partager son presse-papiers. Appuyez ici sur ⌘V pour envoyer du texte ou une image vers le presse-papiers du bureau.',
    pasteHintTouch:
      'Votre navigateur demande confirmation avant de partager son presse-papiers. Maintenez le doigt sur le champ, puis touchez « Coller » pour envoyer du texte ou une image vers le presse-papiers du bureau.',
    pasteField: 'Texte ou image pour le presse-papiers du bureau',
    send: 'Envoyer au bureau',
    sent: 'Le texte est dans le presse-papiers du bureau. Vous pouvez l’y coller.',
    tooLargeHere: (size, limit) =>
      `Ce texte est trop volumineux pour le presse-papiers du bureau (${size} ; limite : ${limit}). Copiez-le en plusieurs fois ou enregistrez-le dans un fichier.`,
    tooLargeThere: (limit) =>
      `Le texte copié dans le bureau ne peut pas être transféré : il est trop volumineux (limite : ${limit}, moins pour certaines applications) ou l’application ne répond pas. Vous pouvez le coller seulement dans le bureau.`,
    sentLater: 'Le texte sera envoyé au presse-papiers du bureau quand l’écran sera reconnecté.',
    copyHere: 'Copier sur cet ordinateur',
    empty: 'Le presse-papiers de cet ordinateur ne contient rien qui puisse être collé.',
    open: 'Presse-papiers',
    fromDesktop: 'Copié dans le bureau',
    earlier: 'Plus tôt',
    picture: 'Image',
    sentForms: 'Le contenu est dans le presse-papiers du bureau. Vous pouvez l’y coller.',
    sending:
      'Le contenu est encore en route vers le presse-papiers du bureau. Attendez le message qui annonce son arrivée, puis collez de nouveau.',
    formsTooLarge: (size, limit) =>
      `C’est trop volumineux pour le presse-papiers du bureau (${size} ; limite : ${limit}). Enregistrez-le dans un fichier.`,
    unknownPicture:
      'Votre navigateur ne peut pas lire cette image. Ouvrez-la dans un autre programme et copiez-la depuis celui-ci.',
    copyByHand:
      'Votre navigateur ne permet pas à cette page de copier ce contenu. Pour copier du texte, appuyez sur Ctrl+C. Pour copier une image, ouvrez son menu contextuel et choisissez « Copier l’image ».',
  },
  sound: {
    button: 'Son',
    buttonMuted: 'Son (coupé)',
    buttonBroken: 'Son (indisponible)',
    here: 'Dans ce navigateur',
    volume: (name) => `Volume : ${name}`,
    mute: (name) => `Couper le son : ${name}`,
    unnamed: 'Un programme sans nom',
    plays: 'émet du son',
    silent: 'Aucun son en cours.',
    playing: 'En cours de lecture :',
    waiting: 'Le son démarre dès que vous cliquez ou appuyez sur une touche.',
    connecting: 'Connexion …',
    lost: 'Le son de votre bureau est interrompu ; nouvelle tentative en cours.',
    refused: 'Votre bureau n’a pas de son.',
    forbidden: 'Le son est désactivé sur ce serveur.',
  },
  microphone: {
    label: 'Microphone',
    names: (names) => listed(names),
    asking: (who) => `Microphone pour ${who} : votre navigateur vous demande l’autorisation.`,
    on: (who) => `Votre microphone est activé pour ${who}.`,
    muted: (who) => `Votre microphone est coupé pour ${who}.`,
    off: (who) => `Votre microphone est désactivé pour ${who}.`,
    elsewhere: (who) => `Le microphone d’une autre de vos fenêtres est activé pour ${who}.`,
    unnamed: 'un programme',
    mute: 'Couper le micro',
    stop: 'Arrêter',
    use: 'Utiliser le microphone ici',
    again: 'Réessayer',
    dismiss: 'Fermer',
    problems: {
      forbidden: 'Il est désactivé sur ce serveur.',
      denied:
        'Votre navigateur ne l’autorise pas. Autorisez-le dans les réglages du navigateur pour cette page, puis réessayez.',
      missing: 'Ce navigateur ne trouve aucun microphone. Branchez-en un, puis réessayez.',
      busy: 'Un autre programme de votre ordinateur l’utilise peut-être. Fermez-le, puis réessayez.',
      insecure: 'Les navigateurs ne l’autorisent que pour les pages en HTTPS.',
      failed: 'Il ne fonctionne pas dans ce navigateur.',
    },
  },
  dock: {
    label: 'Dock',
    empty: 'Le dock est vide. Appuyez sur Ctrl+Espace pour trouver une application.',
    emptyTouch: 'Le dock est vide. Touchez « Rechercher » pour trouver une application.',
    search: 'Rechercher (Ctrl+Espace)',
    searchTouch: 'Rechercher',
    starting: 'démarrage',
    installing: 'installation',
    windows: (count) => many(count, { one: '# fenêtre', other: '# fenêtres' }),
    notRunning: 'non lancée',
    newWindow: 'Nouvelle fenêtre',
    open: 'Ouvrir',
    stop: 'Arrêter',
    keep: 'Garder dans le dock',
    unkeep: 'Retirer du dock',
    moveLeft: 'Déplacer à gauche',
    moveRight: 'Déplacer à droite',
    tasks: 'Afficher dans les tâches',
    minimised: 'réduite',
  },
  search: {
    label: 'Rechercher des applications, des fenêtres, des fichiers et des paramètres',
    placeholder: 'Rechercher applications, fenêtres, fichiers, paramètres',
    apps: 'Applications',
    windows: 'Fenêtres',
    files: 'Fichiers',
    settings: 'Paramètres',
    none: (query) => `Aucun résultat pour « ${query} »`,
    noneHint: 'Essayez un mot plus court ou une partie du nom.',
    noApps: 'Aucune application pour l’instant. L’administration les ajoute au catalogue.',
    running: 'en cours',
    starting: 'démarrage',
    notInstalled: 'non installée',
    installing: 'installation',
    unavailable: 'indisponible',
    inDesktop: 'dans votre bureau',
    inPod: 'dans son propre pod',
    run: 'Ouvrir',
    install: 'Installer et ouvrir',
    inDesktopAction: 'Dans le bureau',
    inPodAction: 'Dans son propre pod',
    keep: 'Garder dans le dock',
    unkeep: 'Retirer du dock',
    window: 'Fenêtre',
    more: 'autres actions',
    choose: 'choisir',
    results: (count) => many(count, { one: '# résultat', other: '# résultats' }),
  },
  menu: {
    label: 'Menu',
    search: 'Rechercher',
    settings: 'Paramètres',
    shell: 'Shell web',
    fullScreen: 'Plein écran',
    leaveFullScreen: 'Quitter le plein écran',
    hideDock: 'Masquer le dock automatiquement',
    theme: 'Thème',
    system: 'Système',
    light: 'Clair',
    dark: 'Sombre',
    keyboard: 'Raccourcis clavier',
    disconnect: 'Quitter l’affichage',
    disconnectHint: 'le bureau reste ouvert',
    logout: 'Se déconnecter…',
  },
  logout: {
    title: 'Se déconnecter et supprimer ce bureau ?',
    text: (running) =>
      running === 0
        ? 'La déconnexion supprime le bureau.'
        : `La déconnexion ferme ${many(running, { one: '# application en cours', other: '# applications en cours' })} et supprime le bureau. Enregistrez d’abord votre travail.`,
    confirm: 'Se déconnecter',
    instead: 'Quitter l’affichage',
  },
  rebuild: {
    open: 'Reconstruire…',
    title: 'Reconstruire ce bureau ?',
    text: (running) =>
      running === 0
        ? 'Le bureau est reconstruit sans ses conteneurs terminés.'
        : `Le bureau est reconstruit sans ses conteneurs terminés et les mêmes applications redémarrent (${many(running, { one: '# en cours', other: '# en cours' })}). Le travail non enregistré est perdu.`,
    idleText:
      'Pour éviter une interruption, reconstruisez-le pendant votre absence : l’opération commence dès que personne n’utilise le bureau.',
    now: 'Reconstruire maintenant',
    idle: 'Pendant mon absence',
    scheduled: 'La reconstruction est prévue pendant votre absence.',
    cancelScheduled: 'Annuler la reconstruction',
    fullTitle: 'Ce bureau ne peut plus exécuter d’autres applications',
    asPod: 'Lancer dans un pod distinct',
  },
  notices: {
    label: 'Notifications',
    empty: 'Aucune notification pour l’instant.',
    dismiss: 'Ignorer',
    more: (count) => many(count, { one: '# autre', other: '# autres' }),
    details: 'Afficher dans les tâches',
    levels: { info: 'Information', warning: 'Avertissement', error: 'Erreur' },
    installing: (app) => `Installation de ${app}. L’application s’ouvrira dès qu’elle sera prête.`,
    unavailable: (app, reason) => `Impossible d’installer ${app} : ${reason}`,
    waiting: (app, reason) => `${app} est en attente : ${reason}`,
    again: 'Relancer',
    showLog: 'Afficher le journal',
    ended: {
      launch: endOfLaunch,
      desktop: (apps) =>
        `${listed(apps)} ${apps.length === 1 ? 's’est terminé' : 'se sont terminés'} car le bureau s’est arrêté de façon inattendue.`,
    },
    noAnswer: 'Le serveur ne répond pas. Vérifiez le réseau, puis réessayez.',
    unnamed: 'Un problème est survenu sur cette page. S’il persiste, rechargez-la.',
  },
  terminal: {
    title: 'Shell web',
    titleIn: (name) => `Shell dans ${name}`,
    tooMany: (limit) =>
      many(limit, {
        one: 'Vous avez # terminal ouvert, le maximum autorisé. Fermez-le, puis réessayez.',
        other: 'Vous avez # terminaux ouverts, le maximum autorisé. Fermez-en un, puis réessayez.',
      }),
    noShell: (name) => `L’image de ${name} ne contient pas de shell.`,
    refused: (name) =>
      `Impossible d’ouvrir un shell dans ${name} : l’application s’est terminée, ou son image ne contient pas de shell.`,
    maximise: 'Agrandir',
    restore: 'Restaurer',
    close: 'Fermer le terminal',
    ended: (code) => (code === null ? 'Le shell s’est terminé.' : `Le shell s’est terminé avec le code ${code}.`),
    lost: 'La connexion au shell a été perdue.',
    replaced: 'La connexion a été perdue. Ceci est un nouveau shell.',
    tooMuch: (size, most) =>
      `Rien n’a été collé : ${size}, c’est trop pour un terminal (limite : ${most}). Enregistrez plutôt le texte dans un fichier de votre dossier personnel.`,
    again: 'Lancer un nouveau shell',
    resize: 'Redimensionner le terminal',
    move: 'Déplacer le terminal',
    leave: 'Appuyez sur Ctrl+Alt+T pour sortir du terminal',
    leaveTouch: 'Touchez le bureau pour sortir du terminal',
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
