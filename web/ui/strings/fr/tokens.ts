/** The texts about access tokens, in French: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'Fichiers dans votre gestionnaire de fichiers',
    hint: (name) =>
      `Ouvrez votre dossier personnel avec le gestionnaire de fichiers de votre ordinateur. Le nom d’utilisateur y est « ${name} » et le mot de passe est un jeton d’accès. Si votre bureau n’est pas démarré, il démarre.`,
    address: 'Adresse',
    copyAddress: 'Copier l’adresse',
    copyToken: 'Copier le jeton d’accès',
    finder: 'Finder (macOS) : choisissez Aller › Se connecter au serveur, puis saisissez l’adresse.',
    explorer:
      'Explorateur (Windows) : cliquez avec le bouton droit sur Ce PC, choisissez Connecter un lecteur réseau, puis saisissez l’adresse.',
    gnome:
      'Fichiers de GNOME : choisissez Autres emplacements ou Réseau, puis saisissez l’adresse qui commence par dav.',
    name: 'Nom',
    nameHint: 'par exemple celui de l’ordinateur',
    lifetime: 'Expiration',
    never: 'jamais',
    days: (count) => many(count, { one: '# jour', other: '# jours' }),
    make: 'Créer un jeton d’accès',
    made: (name) =>
      `Le jeton d’accès pour « ${name} » n’est affiché qu’une seule fois. Copiez-le maintenant et saisissez-le comme mot de passe.`,
    close: 'Terminé',
    none: 'Aucun jeton d’accès',
    created: 'Création',
    used: 'Dernière utilisation',
    expires: 'Expiration',
    revoke: 'Révoquer',
    revokeNamed: (name) => `Révoquer le jeton d’accès « ${name} »`,
    scope:
      'Un jeton d’accès n’ouvre que vos fichiers. Tous prennent fin lorsque vous vous déconnectez partout et lorsque votre mot de passe ou vos rôles changent.',
    off: 'L’ouverture des fichiers avec d’autres programmes est désactivée sur ce serveur.',
  },
};
