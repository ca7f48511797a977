/** The texts about access tokens, in Spanish: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'Archivos en tu gestor de archivos',
    hint: (name) =>
      `Abre tu carpeta personal con el gestor de archivos de tu equipo. El nombre de usuario es «${name}» y la contraseña es un token de acceso. Si tu escritorio no está en marcha, se inicia.`,
    address: 'Dirección',
    copyAddress: 'Copiar la dirección',
    copyToken: 'Copiar el token de acceso',
    finder: 'Finder (macOS): elige Ir › Conectarse al servidor y escribe la dirección.',
    explorer:
      'Explorador (Windows): haz clic con el botón derecho en Este equipo, elige Conectar a unidad de red y escribe la dirección.',
    gnome: 'Archivos de GNOME: elige Otras ubicaciones o Red y escribe la dirección que empieza por dav.',
    name: 'Nombre',
    nameHint: 'por ejemplo, el del equipo',
    lifetime: 'Caduca',
    never: 'nunca',
    days: (count) => many(count, { one: '# día', other: '# días' }),
    make: 'Crear un token de acceso',
    made: (name) =>
      `El token de acceso para «${name}» se muestra una sola vez. Cópialo ahora y escríbelo como contraseña.`,
    close: 'Listo',
    none: 'No hay tokens de acceso',
    created: 'Creado',
    used: 'Último uso',
    expires: 'Caduca',
    revoke: 'Revocar',
    revokeNamed: (name) => `Revocar el token de acceso «${name}»`,
    scope:
      'Un token de acceso abre solo tus archivos. Todos dejan de valer cuando cierras la sesión en todas partes y cuando cambian tu contraseña o tus roles.',
    off: 'En este servidor no se pueden abrir archivos con otros programas.',
  },
};
