/** The texts of *Inspect*, in Portuguese: a part of strings.ts. */
import type { InspectStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const inspect: InspectStrings = {
  inspect: {
    title: (desktop) => `Inspecionar ${desktop}`,
    short: 'Inspecionar',
    open: 'Inspecionar',
    openDesktop: 'Inspecionar a área de trabalho',
    theDesktop: 'a área de trabalho',
    words:
      'contêineres containers namespaces processos sockets eventos ambiente describe yaml depurar caixa de ferramentas toolbox kubectl',
    ofDesktop: 'Contêineres, namespaces e processos da sua área de trabalho',
    views: 'Visões da inspeção',
    tabs: {
      containers: 'Contêineres',
      namespaces: 'Namespaces',
      processes: 'Processos',
      sockets: 'Sockets',
      events: 'Eventos',
      environment: 'Ambiente',
      describe: 'Descrição',
      yaml: 'YAML',
    },
    stale: 'desatualizado: sem conexão',
    none: 'Nenhum contêiner',
    noneHint: 'Os contêineres aparecem aqui quando o mecanismo os cria.',
    nothingRuns: 'Nenhum contêiner em execução',
    nothingRunsHint:
      'Somente contêineres em execução têm namespaces. Para ver o que terminou e por quê, abra Contêineres.',
    noProcessesHint: 'Para ver o que terminou e por quê, abra Contêineres.',
    noSockets: 'Nenhum socket aberto',
    noEvents: 'Nenhum evento',
    noEventsHint: 'Os mecanismos mantêm os eventos por tempo limitado, normalmente uma hora.',
    noText: 'O mecanismo não retornou nenhuma descrição.',
    diagram: 'Diagrama da área de trabalho: seus contêineres e os namespaces que compartilham',
    running: 'Contêineres em execução e em espera',
    frame: (desktop) => `Área de trabalho ${desktop}`,
    beside: 'Fora da área de trabalho',
    besideShort: 'pod próprio',
    inTable: (count) =>
      many(count, {
        one: '# contêiner encerrado aparece somente na tabela.',
        other: '# contêineres encerrados aparecem somente na tabela.',
      }),
    noNamespaces: 'Não foi possível ler os namespaces compartilhados.',
    choose: 'Selecione um contêiner para ver os detalhes, depurá-lo ou copiar os comandos equivalentes.',
    kinds: {
      service: 'serviço',
      launch: 'aplicativo',
      toolbox: 'caixa de ferramentas',
      foreign: 'depuração, não adicionado pelo Deskpod',
    },
    states: {
      running: 'em execução',
      waiting: 'aguardando',
      finished: 'encerrado',
      exit: (code) => `saída ${code}`,
    },
    by: (who) => `por ${who}`,
    container: 'Contêiner',
    kind: 'Tipo',
    image: 'Imagem',
    state: 'Estado, código de saída, motivo',
    restarts: 'Reinicializações',
    since: 'Desde',
    startedBy: 'Iniciado por',
    launch: 'Execução',
    process: 'Processo principal (PID)',
    finishedOnes: (count) =>
      count === 0 ? 'Nenhum contêiner encerrado.' : many(count, { one: '# encerrado.', other: '# encerrados.' }),
    size: (used, most) => `O tamanho do objeto é ${used} de ${most}.`,
    commands: 'Comandos equivalentes',
    copyLine: (does) => `Copiar: ${does}`,
    does: {
      exec: 'Abrir um shell nele',
      debug: 'Iniciar uma caixa de ferramentas para ele',
      attach: 'Conectar-se ao terminal dele',
      logs: 'Mostrar o log dele',
      describe: 'Mostrar a descrição dele',
      nsenter: 'Entrar nos namespaces dele',
    },
    namespacesHint:
      'Dados lidos do kernel. Contêineres com a mesma letra em uma coluna compartilham esse namespace. Uma letra tracejada indica que ele não é compartilhado.',
    namespaceKinds: {
      mnt: 'Montagens',
      pid: 'Processos',
      net: 'Rede',
      ipc: 'Memória compartilhada e filas de mensagens',
      uts: 'Nome do host',
      user: 'IDs de usuário',
      cgroup: 'Grupos de controle',
    },
    unreadable: 'não legível',
    sharedOne: 'compartilhado com outro contêiner desta área de trabalho',
    ownOne: 'não compartilhado com outro contêiner desta área de trabalho',
    compare: (name) => `Comparar ${name}`,
    chooseTwo: 'Selecione duas linhas para compará-las.',
    pair: (first, second, { shared, own, unknown }) =>
      [
        shared.length === 0
          ? `${first} e ${second} não compartilham nenhum namespace.`
          : `${first} e ${second} compartilham: ${listed(shared)}.`,
        own.length === 0 ? null : `Cada um tem separadamente: ${listed(own)}.`,
        unknown.length === 0 ? null : `Não legível: ${listed(unknown)}.`,
      ]
        .filter((part) => part !== null)
        .join(' '),
    processColumns: {
      pid: 'PID',
      container: 'Contêiner',
      user: 'Usuário',
      cpu: 'CPU',
      memory: 'Memória',
      command: 'Comando',
    },
    unknown: 'desconhecido',
    zombie: 'zumbi',
    halted: 'parado',
    socketColumns: {
      protocol: 'Protocolo',
      local: 'Endereço local',
      remote: 'Endereço remoto',
      state: 'Estado',
      pid: 'PID',
      container: 'Rede de',
    },
    eventColumns: { at: 'Hora', about: 'Objeto', reason: 'Motivo', message: 'Mensagem' },
    object: 'Objeto',
  },
};
