/** The texts about access tokens, in English: a part of strings.ts. */
import { many } from './grammar.ts';

export const tokens = {
  tokens: {
    title: 'Files in your own file manager',
    hint: (name: string) =>
      `Open your home folder with the file manager of your computer. Your user name there is “${name}”, and the password is an access token. If your desktop isn’t running, it starts.`,
    address: 'Address',
    copyAddress: 'Copy the address',
    copyToken: 'Copy the access token',
    finder: 'Finder (macOS): choose Go › Connect to Server, and enter the address.',
    explorer: 'Explorer (Windows): right-click This PC, choose Map network drive, and enter the address.',
    gnome: 'GNOME Files: choose Other Locations or Network, and enter the address that starts with dav.',
    name: 'Name',
    nameHint: 'for example, that of the computer',
    lifetime: 'Expires',
    never: 'never',
    days: (count: number) => many(count, { one: '# day', other: '# days' }),
    make: 'Make an access token',
    made: (name: string) =>
      `The access token for “${name}” is shown only once. Copy it now, and enter it as the password.`,
    close: 'Done',
    none: 'No access tokens',
    created: 'Created',
    used: 'Last used',
    expires: 'Expires',
    revoke: 'Revoke',
    revokeNamed: (name: string) => `Revoke the access token “${name}”`,
    scope:
      'An access token opens your files only. All of them end when you log out everywhere, and when your password or your roles change.',
    off: 'Opening files with other programs is switched off on this server.',
  },
};
