/**
 * Every text of the UI, in Spanish. It is neutral, for all countries, and addresses people with “tú”.
 *
 * Glossary: app: aplicación; desktop: escritorio; launch: ejecución; runtime: modo de ejecución; toolbox: caja de
 * herramientas; copy: copia; debug session: sesión de depuración; home folder: carpeta personal; log: registro; rebuild:
 * reconstruir; disconnect: desconectar; log out: cerrar sesión; stop: detener.
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
import { open } from './open.ts';
import { settings } from './settings.ts';
import { tokens } from './tokens.ts';

export const es: Strings = {
  product: 'Deskpod',
  close: 'Cerrar',
  cancel: 'Cancelar',
  retry: 'Reintentar',
  refresh: 'Actualizar',
  copy: 'Copiar',
  copied: 'Copiado',
  remove: 'Quitar',
  loading: 'Cargando…',
  keyNames: { ctrl: 'Ctrl', space: 'Espacio' },
  states: {
    failedTitle: 'No se ha podido cargar',
    offlineTitle: 'Sin conexión con el servidor',
    offline:
      'Tu escritorio sigue en marcha mientras no tienes conexión. Esta página se vuelve a conectar automáticamente.',
    forbiddenTitle: 'No tienes permiso para ver esto',
    forbidden: 'Tu cuenta no tiene el rol necesario. Solicita acceso a un administrador.',
    versionTitle: 'Esta página no está al día',
    version: 'Vuelve a cargarla para que coincida con la versión del servidor. Tu escritorio no se ve afectado.',
    reload: 'Volver a cargar',
  },
  login: {
    tabs: 'Métodos de inicio de sesión',
    language: 'Idioma',
    directory: 'Directorio',
    directoryNamed: (name) => `Directorio: ${name}`,
    anonymous: 'Invitado',
    name: 'Nombre de usuario',
    password: 'Contraseña',
    submit: 'Iniciar sesión',
    busy: 'Comprobando…',
    guest: 'Continuar como invitado',
    guestHint: 'Obtienes un escritorio propio sin necesidad de cuenta. Sus archivos se eliminan al cerrar sesión.',
    emptyName: 'Escribe tu nombre de usuario.',
    emptyPassword: 'Escribe tu contraseña.',
    stays: 'Tu escritorio sigue en marcha cuando te desconectas.',
    ended: 'Tu sesión ha terminado. Vuelve a iniciar sesión para regresar a tu escritorio, si sigue en marcha.',
    loggedOut: 'Has cerrado sesión.',
    linkOver: 'Este enlace de inicio de sesión ya se ha usado o ha caducado.',
    loggedOutKept:
      'Has cerrado sesión. Tu escritorio se ha eliminado y los archivos de tu carpeta personal se han conservado.',
    loggedOutLost: 'Has cerrado sesión. Tu escritorio y los archivos de su carpeta personal se han eliminado.',
    revoked: 'Esta sesión se ha cerrado desde otro lugar o por un administrador, o tu cuenta ha cambiado.',
    everywhere: 'Has cerrado todas tus sesiones. Tu escritorio sigue en marcha.',
    disconnected: 'Te has desconectado. Tu escritorio sigue en marcha.',
    none: 'El inicio de sesión aún no está configurado',
    noneHint: 'Este servidor no tiene ningún método de inicio de sesión configurado. Contacta con su administrador.',
  },
  session: {
    stay: 'Mantener la sesión',
    endsUnused: (time) => `Tu sesión se cerrará a las ${time} si no usas el escritorio.`,
    ends: (time) =>
      `Tu sesión termina a las ${time}. Tu escritorio seguirá en marcha; vuelve a iniciar sesión para regresar a él.`,
  },
  start: {
    title: 'Iniciando tu escritorio',
    warmTitle: 'Abriendo tu escritorio',
    failedTitle: 'Tu escritorio no se ha iniciado',
    endedTitle: 'Tu escritorio ha terminado',
    ended: (of) => `Sus aplicaciones se han cerrado.${homeSentence(of)}`,
    stopping: 'Eliminando tu escritorio',
    again: 'Iniciar un escritorio nuevo',
    soFar: (time) => `${time} hasta ahora`,
    took: (time) => `ha tardado ${time}`,
    usually: (time) => `normalmente ${time}`,
    firstTime: 'primer inicio en este servidor',
    running: (time) => `${time}…`,
    done: 'listo',
    waiting: 'en espera',
    underWay: 'en curso',
    failed: 'ha fallado',
    steps: {
      authorise: 'Acceso comprobado',
      home: 'Carpeta personal lista',
      image: 'Imagen lista',
      create: 'Contenedor creado',
      display: 'Pantalla lista',
      window_manager: 'Gestor de ventanas listo',
      first_pixel: 'Primer fotograma recibido',
    },
    doing: {
      authorise: 'Comprobando el acceso',
      home: 'Preparando la carpeta personal',
      image: 'Descargando la imagen',
      create: 'Creando el contenedor',
      display: 'Esperando a la pantalla',
      window_manager: 'Esperando al gestor de ventanas',
      first_pixel: 'Esperando el primer fotograma',
    },
    trace: 'Tiempo dedicado a cada paso hasta ahora',
  },
  screen: {
    label: 'Tu escritorio. Las teclas van a sus aplicaciones. Pulsa Ctrl+Alt+H para saber cómo salir de él.',
    labelTouch:
      'Tu escritorio. Los toques van a sus aplicaciones. Usa la barra de arriba para abrir el teclado en pantalla.',
    reconnecting: 'Conectando de nuevo…',
    reconnectingDetail: 'Tus aplicaciones siguen en marcha mientras no hay conexión.',
    refused: 'No se puede mostrar tu escritorio',
    offline: 'No hay conexión de red. La pantalla se vuelve a conectar cuando la recuperes.',
    keysDropped:
      'La pantalla ha estado desconectada más de 5 segundos. Lo que has escrito o pegado mientras tanto no se ha enviado.',
    keyboard: 'Teclado en pantalla',
    pan: 'Desplazar y ampliar',
    modifiers: 'Teclas adicionales (Ctrl, Alt, Esc…)',
  },
  bar: {
    label: 'Barra',
    menu: 'Menú',
    search: 'Buscar',
    noWindow: 'Escritorio',
    notices: (count) =>
      count === 0
        ? 'Notificaciones'
        : many(count, { one: 'Notificaciones, # sin leer', other: 'Notificaciones, # sin leer' }),
    offline: 'Sin conexión',
    asks: (who) => `${who} solicita acceso`,
    unseen: (count) => many(count, { one: '# nueva sesión de depuración', other: '# nuevas sesiones de depuración' }),
    ending: 'termina pronto',
  },
  clipboard: {
    paste: 'Pegar desde este equipo',
    pasteHint:
      'El navegador pregunta antes de compartir su portapapeles. Pulsa Ctrl+V aquí para enviar texto o una imagen al portapapeles del escritorio.',
    pasteHintMac:
      'El navegador pregunta antes de compartir su portapapeles. Pulsa ⌘V aquí para enviar texto o una imagen al portapapeles del escritorio.',
    pasteHintTouch:
      'El navegador pregunta antes de compartir su portapapeles. Mantén pulsado el campo y toca Pegar para enviar texto o una imagen al portapapeles del escritorio.',
    pasteField: 'Texto o imagen para el portapapeles del escritorio',
    send: 'Enviar al escritorio',
    sent: 'El texto está en el portapapeles del escritorio. Puedes pegarlo allí.',
    tooLargeHere: (size, limit) =>
      `Este texto es demasiado grande para el portapapeles del escritorio (${size}; límite: ${limit}). Cópialo por partes o guárdalo en un archivo.`,
    tooLargeThere: (limit) =>
      `El texto copiado en el escritorio no se puede transferir: es demasiado grande (límite: ${limit}, menos con algunas aplicaciones) o la aplicación no responde. Solo puedes pegarlo dentro del escritorio.`,
    sentLater: 'El texto se enviará al portapapeles del escritorio cuando la pantalla se vuelva a conectar.',
    copyHere: 'Copiar en este equipo',
    empty: 'El portapapeles de este equipo no contiene nada que se pueda pegar.',
    open: 'Portapapeles',
    fromDesktop: 'Copiado en el escritorio',
    earlier: 'Anteriormente',
    picture: 'Imagen',
    sentForms: 'Ya está en el portapapeles del escritorio. Puedes pegarlo allí.',
    sending:
      'Todavía se está enviando al portapapeles del escritorio. Espera al mensaje que avisa de que ha llegado y vuelve a pegar.',
    formsTooLarge: (size, limit) =>
      `Es demasiado grande para el portapapeles del escritorio (${size}; límite: ${limit}). Guárdalo en un archivo.`,
    unknownPicture: 'El navegador no puede leer esta imagen. Ábrela en otro programa y cópiala allí.',
    copyByHand:
      'El navegador no permite que esta página copie esto. Para copiar texto, pulsa Ctrl+C. Para copiar una imagen, abre su menú contextual y elige «Copiar imagen».',
  },
  sound: {
    button: 'Sonido',
    buttonMuted: 'Sonido (silenciado)',
    buttonBroken: 'Sonido (no disponible)',
    here: 'En este navegador',
    volume: (name) => `Volumen: ${name}`,
    mute: (name) => `Silenciar: ${name}`,
    unnamed: 'Un programa sin nombre',
    plays: 'reproduce sonido',
    silent: 'No se está reproduciendo nada.',
    playing: 'Se está reproduciendo:',
    waiting: 'El sonido empieza cuando haces clic o pulsas una tecla.',
    connecting: 'Conectando …',
    lost: 'El sonido de tu escritorio se ha interrumpido; se vuelve a intentar.',
    refused: 'Tu escritorio no tiene sonido.',
  },
  dock: {
    label: 'Dock',
    empty: 'El dock está vacío. Pulsa Ctrl+Espacio para buscar una aplicación.',
    emptyTouch: 'El dock está vacío. Toca Buscar para encontrar una aplicación.',
    search: 'Buscar (Ctrl+Espacio)',
    searchTouch: 'Buscar',
    starting: 'iniciando',
    installing: 'instalando',
    windows: (count) => many(count, { one: '# ventana', other: '# ventanas' }),
    notRunning: 'no está en ejecución',
    newWindow: 'Ventana nueva',
    open: 'Abrir',
    stop: 'Detener',
    keep: 'Mantener en el dock',
    unkeep: 'Quitar del dock',
    moveLeft: 'Mover a la izquierda',
    moveRight: 'Mover a la derecha',
    tasks: 'Mostrar en Tareas',
    minimised: 'minimizada',
  },
  search: {
    label: 'Buscar aplicaciones, ventanas, archivos y ajustes',
    placeholder: 'Buscar aplicaciones, ventanas, archivos, ajustes',
    apps: 'Aplicaciones',
    windows: 'Ventanas',
    files: 'Archivos',
    settings: 'Ajustes',
    none: (query) => `No hay resultados para «${query}»`,
    noneHint: 'Prueba con una palabra más corta o con parte de un nombre.',
    noApps: 'Aún no hay aplicaciones. Los administradores las añaden al catálogo.',
    running: 'en ejecución',
    starting: 'iniciando',
    notInstalled: 'no instalada',
    installing: 'instalando',
    unavailable: 'no disponible',
    inDesktop: 'en tu escritorio',
    inPod: 'en su propio pod',
    run: 'Abrir',
    install: 'Instalar y abrir',
    inDesktopAction: 'En el escritorio',
    inPodAction: 'En su propio pod',
    keep: 'Mantener en el dock',
    unkeep: 'Quitar del dock',
    window: 'Ventana',
    more: 'más acciones',
    choose: 'seleccionar',
    results: (count) => many(count, { one: '# resultado', other: '# resultados' }),
  },
  menu: {
    label: 'Menú',
    search: 'Buscar',
    settings: 'Ajustes',
    shell: 'Shell web',
    fullScreen: 'Pantalla completa',
    leaveFullScreen: 'Salir de pantalla completa',
    hideDock: 'Ocultar el dock automáticamente',
    theme: 'Tema',
    system: 'Sistema',
    light: 'Claro',
    dark: 'Oscuro',
    keyboard: 'Atajos de teclado',
    disconnect: 'Desconectar',
    disconnectHint: 'tus aplicaciones siguen en marcha',
    logout: 'Cerrar sesión…',
  },
  logout: {
    title: '¿Cerrar sesión y eliminar este escritorio?',
    text: (running) =>
      running === 0
        ? 'Al cerrar sesión se elimina el escritorio.'
        : `Al cerrar sesión ${many(running, { one: 'se cierra # aplicación en ejecución', other: 'se cierran # aplicaciones en ejecución' })} y se elimina el escritorio. Guarda antes tu trabajo.`,
    confirm: 'Cerrar sesión',
    instead: 'Solo desconectar',
  },
  rebuild: {
    open: 'Reconstruir…',
    title: '¿Reconstruir este escritorio?',
    text: (running) =>
      running === 0
        ? 'El escritorio se reconstruye sin sus contenedores terminados.'
        : `El escritorio se reconstruye sin sus contenedores terminados y las mismas aplicaciones vuelven a iniciarse (${many(running, { one: '# en ejecución', other: '# en ejecución' })}). El trabajo sin guardar se pierde.`,
    idleText:
      'Para evitar interrupciones, reconstrúyelo cuando no estés: la reconstrucción empieza cuando nadie use el escritorio.',
    now: 'Reconstruir ahora',
    idle: 'Reconstruir cuando no esté',
    scheduled: 'Hay una reconstrucción programada para cuando no estés.',
    cancelScheduled: 'Cancelar la reconstrucción',
    fullTitle: 'Este escritorio no puede ejecutar más aplicaciones',
    asPod: 'Ejecutar en su propio pod',
  },
  notices: {
    label: 'Notificaciones',
    empty: 'Aún no hay notificaciones.',
    dismiss: 'Descartar',
    more: (count) => many(count, { one: '# más', other: '# más' }),
    details: 'Mostrar en Tareas',
    levels: { info: 'Nota', warning: 'Advertencia', error: 'Error' },
    installing: (app) => `Instalando ${app}. Se abrirá cuando esté lista.`,
    unavailable: (app, reason) => `No se puede instalar ${app}: ${reason}`,
    waiting: (app, reason) => `${app} está en espera: ${reason}`,
    again: 'Ejecutar de nuevo',
    showLog: 'Mostrar registro',
    ended: {
      launch: endOfLaunch,
      desktop: (apps) => `El escritorio ha terminado de forma inesperada y ha cerrado ${listed(apps)}.`,
    },
    noAnswer: 'El servidor no responde. Comprueba la red e inténtalo de nuevo.',
    unnamed: 'Algo ha fallado en esta página. Si el problema continúa, vuelve a cargarla.',
  },
  terminal: {
    title: 'Shell web',
    titleIn: (name) => `Shell en ${name}`,
    tooMany: (limit) =>
      many(limit, {
        one: 'Tienes # terminal abierta, el máximo permitido. Ciérrala e inténtalo de nuevo.',
        other: 'Tienes # terminales abiertas, el máximo permitido. Cierra una e inténtalo de nuevo.',
      }),
    noShell: (name) => `La imagen de ${name} no tiene shell.`,
    refused: (name) => `No se ha podido abrir un shell en ${name}: ha terminado o su imagen no tiene shell.`,
    maximise: 'Maximizar',
    restore: 'Restaurar',
    close: 'Cerrar la terminal',
    ended: (code) => (code === null ? 'El shell ha terminado.' : `El shell ha terminado con el código ${code}.`),
    lost: 'Se ha perdido la conexión con el shell.',
    replaced: 'Se ha perdido la conexión. Este es un shell nuevo.',
    tooMuch: (size, most) =>
      `No se ha pegado nada: ${size} es demasiado para una terminal (límite: ${most}). Guárdalo en un archivo de tu carpeta personal.`,
    again: 'Iniciar un shell nuevo',
    resize: 'Cambiar el tamaño de la terminal',
    move: 'Mover la terminal',
    leave: 'Pulsa Ctrl+Alt+T para salir de la terminal',
    leaveTouch: 'Toca el escritorio para salir de la terminal',
  },
  ...files,
  ...home,
  ...prints,
  appStore,
  ...tokens,
  ...open,
  ...settings,
  ...inspect,
  ...debug,
};
