/** The texts of *Inspect*, in Spanish: a part of strings.ts. */
import type { InspectStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const inspect: InspectStrings = {
  inspect: {
    title: (desktop) => `Inspeccionar ${desktop}`,
    short: 'Inspeccionar',
    open: 'Inspeccionar',
    openDesktop: 'Inspeccionar el escritorio',
    theDesktop: 'el escritorio',
    words:
      'contenedores espacios de nombres namespaces procesos sockets eventos entorno describe yaml depurar caja de herramientas kubectl',
    ofDesktop: 'Contenedores, espacios de nombres y procesos de tu escritorio',
    views: 'Vistas de la inspección',
    tabs: {
      containers: 'Contenedores',
      namespaces: 'Espacios de nombres',
      processes: 'Procesos',
      sockets: 'Sockets',
      events: 'Eventos',
      environment: 'Entorno',
      describe: 'Descripción',
      yaml: 'YAML',
    },
    stale: 'no actualizado: sin conexión',
    none: 'No hay contenedores',
    noneHint: 'Los contenedores aparecen aquí cuando el motor los ha creado.',
    nothingRuns: 'No hay contenedores en ejecución',
    nothingRunsHint:
      'Solo los contenedores en ejecución tienen espacios de nombres. Para ver qué ha terminado y por qué, abre Contenedores.',
    noProcessesHint: 'Para ver qué ha terminado y por qué, abre Contenedores.',
    noSockets: 'No hay sockets abiertos',
    noEvents: 'No hay eventos',
    noEventsHint: 'Los motores conservan los eventos un tiempo limitado, normalmente una hora.',
    noText: 'El motor no ha devuelto ninguna descripción.',
    diagram: 'Diagrama del escritorio: sus contenedores y los espacios de nombres que comparten',
    running: 'Contenedores en ejecución y en espera',
    frame: (desktop) => `Escritorio ${desktop}`,
    beside: 'Fuera del escritorio',
    besideShort: 'pod propio',
    inTable: (count) =>
      many(count, {
        one: '# contenedor terminado aparece solo en la tabla.',
        other: '# contenedores terminados aparecen solo en la tabla.',
      }),
    noNamespaces: 'No se han podido leer los espacios de nombres compartidos.',
    choose: 'Selecciona un contenedor para ver sus detalles, depurarlo o copiar las órdenes equivalentes.',
    kinds: {
      service: 'servicio',
      launch: 'aplicación',
      toolbox: 'caja de herramientas',
      foreign: 'depuración, no añadido por Deskpod',
    },
    states: {
      running: 'en ejecución',
      waiting: 'en espera',
      finished: 'terminado',
      exit: (code) => `salida ${code}`,
    },
    by: (who) => `por ${who}`,
    container: 'Contenedor',
    kind: 'Tipo',
    image: 'Imagen',
    state: 'Estado, código de salida, motivo',
    restarts: 'Reinicios',
    since: 'Desde',
    startedBy: 'Iniciado por',
    launch: 'Ejecución',
    process: 'Proceso principal (PID)',
    finishedOnes: (count) =>
      count === 0 ? 'No hay contenedores terminados.' : many(count, { one: '# terminado.', other: '# terminados.' }),
    size: (used, most) => `El tamaño del objeto es ${used} de ${most}.`,
    commands: 'Órdenes equivalentes',
    copyLine: (does) => `Copiar: ${does}`,
    does: {
      exec: 'Abrir un shell en él',
      debug: 'Iniciar una caja de herramientas para él',
      attach: 'Conectarse a su terminal',
      logs: 'Mostrar su registro',
      describe: 'Describirlo',
      nsenter: 'Entrar en sus espacios de nombres',
    },
    namespacesHint:
      'Datos leídos del kernel. Los contenedores con la misma letra en una columna comparten ese espacio de nombres. Un borde discontinuo indica que no se comparte.',
    namespaceKinds: {
      mnt: 'Montajes',
      pid: 'Procesos',
      net: 'Red',
      ipc: 'Memoria compartida y colas de mensajes',
      uts: 'Nombre del host',
      user: 'ID de usuario',
      cgroup: 'Grupos de control',
    },
    unreadable: 'no legible',
    sharedOne: 'compartido con otro contenedor de este escritorio',
    ownOne: 'no compartido con ningún otro contenedor de este escritorio',
    compare: (name) => `Comparar ${name}`,
    chooseTwo: 'Selecciona dos filas para compararlas.',
    pair: (first, second, { shared, own, unknown }) =>
      [
        shared.length === 0
          ? `${first} y ${second} no comparten ningún espacio de nombres.`
          : `${first} y ${second} comparten: ${listed(shared)}.`,
        own.length === 0 ? null : `Cada uno tiene por separado: ${listed(own)}.`,
        unknown.length === 0 ? null : `No legible: ${listed(unknown)}.`,
      ]
        .filter((part) => part !== null)
        .join(' '),
    processColumns: {
      pid: 'PID',
      container: 'Contenedor',
      user: 'Usuario',
      cpu: 'CPU',
      memory: 'Memoria',
      command: 'Orden',
    },
    unknown: 'desconocido',
    zombie: 'zombi',
    halted: 'detenido',
    socketColumns: {
      protocol: 'Protocolo',
      local: 'Dirección local',
      remote: 'Dirección remota',
      state: 'Estado',
      pid: 'PID',
      container: 'Red de',
    },
    eventColumns: { at: 'Hora', about: 'Objeto', reason: 'Motivo', message: 'Mensaje' },
    object: 'Objeto',
  },
};
