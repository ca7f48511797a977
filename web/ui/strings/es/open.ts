/** The texts about opening files and links, in Spanish: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Abrir con',
    always: {
      files: (ext: string) => `Abrir siempre los archivos ${ext} con esta aplicación`,
      plainFiles: 'Abrir siempre los archivos sin extensión con esta aplicación',
      folders: 'Abrir siempre las carpetas con esta aplicación',
      links: 'Abrir siempre los enlaces con esta aplicación',
      addresses: 'Abrir siempre las direcciones de correo con esta aplicación',
    },
    link: (url: string) => `Una aplicación quiere abrir un enlace en su navegador: ${url}`,
    noApp: (name: string) => `No hay ninguna aplicación «${name}» que pueda usar.`,
    openLink: 'Abrir enlace',
  },
  defaultApps: {
    hint: 'Estos archivos y enlaces se abren siempre con la aplicación indicada.',
    what: 'Archivos y enlaces',
    app: 'Aplicación',
    files: (ext) => `Archivos ${ext}`,
    plainFiles: 'Archivos sin extensión',
    folders: 'Carpetas',
    links: 'Enlaces',
    addresses: 'Direcciones de correo',
    appFor: (what) => `Aplicación: ${what}`,
    gone: (name) => `${name} (ya no está disponible)`,
    remove: 'Quitar',
    removeFor: (what) => `Quitar: ${what}`,
    empty: 'Aún no hay aplicaciones predeterminadas',
    emptyHint:
      'Cuando Deskpod pregunte con qué aplicación abrir un archivo o un enlace, elige una y marca «Abrir siempre …».',
  },
  foundFiles: {
    show: 'Mostrar en Archivos',
    searching: 'Buscando en tus archivos …',
    partly: 'Solo se ha buscado en una parte de tus archivos.',
    failed: 'Ahora no se puede buscar en tus archivos.',
  },
  launchedFiles: {
    sending: (name, app) => `${name} se sube a Descargas y después se abre con ${app}.`,
    notSent: (name) => `${name} no se ha abierto porque no se ha subido.`,
    unreadable: (name) => `Tu navegador no puede leer ${name}.`,
    tooMany: (most) => `Solo se abren los primeros ${most} archivos.`,
  },
  copiedFiles: {
    outside: (names) => `Aquí solo se pueden pegar archivos de tu carpeta personal. No se han pegado: ${names}`,
  },
};
