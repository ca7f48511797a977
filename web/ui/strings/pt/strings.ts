/**
 * Every text of the UI, in Portuguese: Brazilian, without regional words, and addressing people with “você”. Browsers
 * set to pt-PT get it, too.
 *
 * Glossary: app: aplicativo; desktop: área de trabalho; launch: execução; runtime: modo de execução; toolbox: caixa de
 * ferramentas; copy: cópia; debug session: sessão de depuração; home folder: pasta pessoal; log: log; rebuild: recriar;
 * disconnect: desconectar; log out: sair; stop: parar.
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

export const pt: Strings = {
  product: 'Deskpod',
  close: 'Fechar',
  cancel: 'Cancelar',
  retry: 'Tentar novamente',
  refresh: 'Atualizar',
  copy: 'Copiar',
  copied: 'Copiado',
  remove: 'Remover',
  loading: 'Carregando…',
  keyNames: { ctrl: 'Ctrl', space: 'Espaço' },
  states: {
    failedTitle: 'Não foi possível carregar',
    offlineTitle: 'Sem conexão com o servidor',
    offline:
      'Sua área de trabalho continua ativa enquanto você está off-line. Esta página se reconecta automaticamente.',
    forbiddenTitle: 'Você não tem permissão para ver isto',
    forbidden: 'Sua conta não tem a função necessária. Peça acesso a um administrador.',
    versionTitle: 'Esta página está desatualizada',
    version: 'Recarregue-a para corresponder à versão do servidor. Sua área de trabalho não é afetada.',
    reload: 'Recarregar',
  },
  login: {
    tabs: 'Métodos de login',
    language: 'Idioma',
    directory: 'Diretório',
    directoryNamed: (name) => `Diretório: ${name}`,
    anonymous: 'Convidado',
    name: 'Nome de usuário',
    password: 'Senha',
    submit: 'Entrar',
    busy: 'Verificando…',
    guest: 'Continuar como convidado',
    guestHint:
      'Você recebe uma área de trabalho própria sem ter uma conta. Os arquivos dela são excluídos quando você sai.',
    emptyName: 'Digite seu nome de usuário.',
    emptyPassword: 'Digite sua senha.',
    stays: 'Sua área de trabalho continua ativa quando você se desconecta.',
    ended: 'Sua sessão terminou. Entre novamente para voltar à sua área de trabalho, se ela ainda estiver ativa.',
    loggedOut: 'Você saiu.',
    linkOver: 'Este link de login já foi usado ou expirou.',
    loggedOutKept: 'Você saiu. Sua área de trabalho foi removida, e os arquivos da sua pasta pessoal foram mantidos.',
    loggedOutLost: 'Você saiu. Sua área de trabalho e os arquivos da pasta pessoal dela foram removidos.',
    revoked: 'Esta sessão foi encerrada por você em outro lugar ou por um administrador, ou sua conta mudou.',
    everywhere: 'Você saiu de todas as sessões. Sua área de trabalho continua ativa.',
    disconnected: 'Você se desconectou. Sua área de trabalho continua ativa.',
    none: 'O login ainda não foi configurado',
    noneHint: 'Este servidor não tem nenhum método de login configurado. Fale com o administrador dele.',
  },
  session: {
    stay: 'Continuar conectado',
    endsUnused: (time) => `Sua sessão será encerrada às ${time} se você não usar a área de trabalho.`,
    ends: (time) =>
      `Sua sessão termina às ${time}. Sua área de trabalho continua ativa; entre novamente para voltar a ela.`,
  },
  start: {
    title: 'Iniciando sua área de trabalho',
    warmTitle: 'Abrindo sua área de trabalho',
    failedTitle: 'Sua área de trabalho não foi iniciada',
    endedTitle: 'Sua área de trabalho foi encerrada',
    ended: (of) => `Os aplicativos dela foram fechados.${homeSentence(of)}`,
    stopping: 'Removendo sua área de trabalho',
    again: 'Iniciar uma nova área de trabalho',
    soFar: (time) => `${time} até agora`,
    took: (time) => `levou ${time}`,
    usually: (time) => `normalmente ${time}`,
    firstTime: 'primeira inicialização neste servidor',
    running: (time) => `${time}…`,
    done: 'pronto',
    waiting: 'aguardando',
    underWay: 'em andamento',
    failed: 'falhou',
    steps: {
      authorise: 'Acesso verificado',
      home: 'Pasta pessoal pronta',
      image: 'Imagem pronta',
      create: 'Contêiner criado',
      display: 'Tela pronta',
      window_manager: 'Gerenciador de janelas pronto',
      first_pixel: 'Primeiro quadro recebido',
    },
    doing: {
      authorise: 'Verificando o acesso',
      home: 'Preparando a pasta pessoal',
      image: 'Baixando a imagem',
      create: 'Criando o contêiner',
      display: 'Aguardando a tela',
      window_manager: 'Aguardando o gerenciador de janelas',
      first_pixel: 'Aguardando o primeiro quadro',
    },
    trace: 'Tempo gasto em cada etapa até agora',
  },
  screen: {
    label:
      'Sua área de trabalho. As teclas vão para os aplicativos dela. Pressione Ctrl+Alt+H para saber como sair dela.',
    labelTouch:
      'Sua área de trabalho. Os toques vão para os aplicativos dela. Use a barra acima para abrir o teclado virtual.',
    reconnecting: 'Reconectando…',
    reconnectingDetail: 'Seus aplicativos continuam ativos enquanto a conexão está interrompida.',
    refused: 'Não é possível mostrar sua área de trabalho',
    offline: 'Sem conexão de rede. A tela se reconecta quando você voltar a ficar on-line.',
    keysDropped:
      'A tela ficou desconectada por mais de 5 segundos. O que você digitou ou colou nesse período não foi enviado.',
    keyboard: 'Teclado virtual',
    pan: 'Deslocar e ampliar',
    modifiers: 'Teclas extras (Ctrl, Alt, Esc…)',
  },
  bar: {
    label: 'Barra',
    menu: 'Menu',
    search: 'Pesquisar',
    noWindow: 'Área de trabalho',
    notices: (count) =>
      count === 0
        ? 'Notificações'
        : many(count, { one: 'Notificações, # não lida', other: 'Notificações, # não lidas' }),
    offline: 'Off-line',
    asks: (who) => `${who} pede acesso`,
    unseen: (count) => many(count, { one: '# nova sessão de depuração', other: '# novas sessões de depuração' }),
    ending: 'termina em breve',
  },
  clipboard: {
    paste: 'Colar deste computador',
    pasteHint:
      'O navegador pede confirmação antes de compartilhar a área de transferência. Pressione Ctrl+V aqui para enviar texto ou uma imagem à área de transferência da área de trabalho.',
    pasteHintMac:
      'O navegador pede confirmação antes de compartilhar a área de transferência. Pressione ⌘V aqui para enviar texto ou uma imagem à área de transferência da área de trabalho.',
    pasteHintTouch:
      'O navegador pede confirmação antes de compartilhar a área de transferência. Toque no campo e segure; depois toque em Colar para enviar texto ou uma imagem à área de transferência da área de trabalho.',
    pasteField: 'Texto ou imagem para a área de transferência da área de trabalho',
    send: 'Enviar para a área de trabalho',
    sent: 'O texto está na área de transferência da área de trabalho. Você pode colá-lo lá.',
    tooLargeHere: (size, limit) =>
      `Este texto é grande demais para a área de transferência da área de trabalho (${size}; limite: ${limit}). Copie-o em partes ou salve-o em um arquivo.`,
    tooLargeThere: (limit) =>
      `O texto copiado na área de trabalho não pode ser transferido: é grande demais (limite: ${limit}, menos para alguns aplicativos) ou o aplicativo não responde. Você só pode colá-lo dentro da área de trabalho.`,
    sentLater: 'O texto será enviado à área de transferência da área de trabalho quando a tela se reconectar.',
    copyHere: 'Copiar para este computador',
    empty: 'A área de transferência deste computador não contém nada que possa ser colado.',
    open: 'Área de transferência',
    fromDesktop: 'Copiado na área de trabalho',
    earlier: 'Anteriores',
    picture: 'Imagem',
    sentForms: 'O conteúdo está na área de transferência da área de trabalho. Você pode colá-lo lá.',
    sending:
      'O conteúdo ainda está a caminho da área de transferência da área de trabalho. Espere a mensagem de que ele chegou e cole de novo.',
    formsTooLarge: (size, limit) =>
      `Isto é grande demais para a área de transferência da área de trabalho (${size}; limite: ${limit}). Salve em um arquivo.`,
    unknownPicture: 'O navegador não consegue ler esta imagem. Abra-a em outro programa e copie-a de lá.',
    copyByHand:
      'O navegador não permite que esta página copie isto. Para copiar texto, pressione Ctrl+C. Para copiar uma imagem, abra o menu de contexto dela e escolha “Copiar imagem”.',
  },
  sound: {
    button: 'Som',
    buttonMuted: 'Som (mudo)',
    buttonBroken: 'Som (indisponível)',
    here: 'Neste navegador',
    volume: (name) => `Volume de ${name}`,
    mute: (name) => `Silenciar: ${name}`,
    unnamed: 'Um programa sem nome',
    plays: 'está tocando som',
    silent: 'Nada está tocando.',
    playing: 'Tocando agora:',
    waiting: 'O som começa quando você clica ou pressiona uma tecla.',
    connecting: 'Conectando …',
    lost: 'O som da sua área de trabalho foi interrompido; tentando novamente.',
    refused: 'Sua área de trabalho não tem som.',
    forbidden: 'O som está desativado neste servidor.',
  },
  microphone: {
    label: 'Microfone',
    names: (names) => listed(names),
    asking: (who) => `Microfone para ${who}: o navegador está pedindo sua permissão.`,
    on: (who) => `Seu microfone está ligado para ${who}.`,
    muted: (who) => `Seu microfone está silenciado para ${who}.`,
    off: (who) => `Seu microfone está desligado para ${who}.`,
    elsewhere: (who) => `O microfone de outra janela sua está ligado para ${who}.`,
    unnamed: 'um programa',
    mute: 'Silenciar',
    stop: 'Parar',
    use: 'Usar o microfone aqui',
    again: 'Tentar novamente',
    dismiss: 'Fechar',
    problems: {
      forbidden: 'Ele está desativado neste servidor.',
      denied: 'O navegador não permite. Permita nas configurações do navegador para esta página e tente novamente.',
      missing: 'Este navegador não encontra nenhum microfone. Conecte um e tente novamente.',
      busy: 'Talvez outro programa do seu computador o esteja usando. Feche-o e tente novamente.',
      insecure: 'Os navegadores só permitem em páginas com HTTPS.',
      failed: 'Ele não funciona neste navegador.',
    },
  },
  dock: {
    label: 'Dock',
    empty: 'O dock está vazio. Pressione Ctrl+Espaço para encontrar um aplicativo.',
    emptyTouch: 'O dock está vazio. Toque em Pesquisar para encontrar um aplicativo.',
    search: 'Pesquisar (Ctrl+Espaço)',
    searchTouch: 'Pesquisar',
    starting: 'iniciando',
    installing: 'instalando',
    windows: (count) => many(count, { one: '# janela', other: '# janelas' }),
    notRunning: 'não está em execução',
    newWindow: 'Nova janela',
    open: 'Abrir',
    stop: 'Parar',
    keep: 'Manter no dock',
    unkeep: 'Remover do dock',
    moveLeft: 'Mover para a esquerda',
    moveRight: 'Mover para a direita',
    tasks: 'Mostrar em Tarefas',
    minimised: 'minimizada',
  },
  search: {
    label: 'Pesquisar aplicativos, janelas, arquivos e configurações',
    placeholder: 'Pesquisar aplicativos, janelas, arquivos, configurações',
    apps: 'Aplicativos',
    windows: 'Janelas',
    files: 'Arquivos',
    settings: 'Configurações',
    none: (query) => `Nenhum resultado para “${query}”`,
    noneHint: 'Tente uma palavra mais curta ou parte de um nome.',
    noApps: 'Ainda não há aplicativos. Os administradores os adicionam ao catálogo.',
    running: 'em execução',
    starting: 'iniciando',
    notInstalled: 'não instalado',
    installing: 'instalando',
    unavailable: 'indisponível',
    inDesktop: 'na sua área de trabalho',
    inPod: 'no próprio pod',
    run: 'Abrir',
    install: 'Instalar e abrir',
    inDesktopAction: 'Na área de trabalho',
    inPodAction: 'No próprio pod',
    keep: 'Manter no dock',
    unkeep: 'Remover do dock',
    window: 'Janela',
    more: 'mais ações',
    choose: 'selecionar',
    results: (count) => many(count, { one: '# resultado', other: '# resultados' }),
  },
  menu: {
    label: 'Menu',
    search: 'Pesquisar',
    settings: 'Configurações',
    shell: 'Shell web',
    fullScreen: 'Tela cheia',
    leaveFullScreen: 'Sair da tela cheia',
    hideDock: 'Ocultar o dock automaticamente',
    theme: 'Tema',
    system: 'Sistema',
    light: 'Claro',
    dark: 'Escuro',
    keyboard: 'Atalhos de teclado',
    disconnect: 'Desconectar',
    disconnectHint: 'seus aplicativos continuam ativos',
    logout: 'Sair…',
  },
  logout: {
    title: 'Sair e remover esta área de trabalho?',
    text: (running) =>
      running === 0
        ? 'Ao sair, a área de trabalho é removida.'
        : `Ao sair, ${many(running, { one: '# aplicativo em execução é fechado', other: '# aplicativos em execução são fechados' })} e a área de trabalho é removida. Salve seu trabalho antes.`,
    confirm: 'Sair',
    instead: 'Apenas desconectar',
  },
  rebuild: {
    open: 'Recriar…',
    title: 'Recriar esta área de trabalho?',
    text: (running) =>
      running === 0
        ? 'A área de trabalho é recriada sem os contêineres encerrados.'
        : `A área de trabalho é recriada sem os contêineres encerrados, e os mesmos aplicativos são iniciados novamente (${many(running, { one: '# em execução', other: '# em execução' })}). O trabalho não salvo é perdido.`,
    idleText:
      'Para evitar interrupções, recrie-a quando estiver ausente: a operação começa quando ninguém a estiver usando.',
    now: 'Recriar agora',
    idle: 'Recriar quando eu estiver ausente',
    scheduled: 'A área de trabalho será recriada quando você estiver ausente.',
    cancelScheduled: 'Não recriar mais',
    fullTitle: 'Esta área de trabalho não pode executar mais aplicativos',
    asPod: 'Executar no próprio pod',
  },
  notices: {
    label: 'Notificações',
    empty: 'Ainda não há notificações.',
    dismiss: 'Dispensar',
    more: (count) => many(count, { one: 'mais #', other: 'mais #' }),
    details: 'Mostrar em Tarefas',
    levels: { info: 'Nota', warning: 'Aviso', error: 'Erro' },
    installing: (app) => `Instalando ${app}. O aplicativo abre quando estiver pronto.`,
    unavailable: (app, reason) => `Não é possível instalar ${app}: ${reason}`,
    waiting: (app, reason) => `${app} está aguardando: ${reason}`,
    again: 'Executar novamente',
    showLog: 'Mostrar o log',
    ended: {
      launch: endOfLaunch,
      desktop: (apps) => `A área de trabalho foi encerrada inesperadamente e fechou ${listed(apps)}.`,
    },
    noAnswer: 'O servidor não responde. Verifique a rede e tente novamente.',
    unnamed: 'Algo deu errado nesta página. Se o problema persistir, recarregue-a.',
  },
  terminal: {
    title: 'Shell web',
    titleIn: (name) => `Shell em ${name}`,
    tooMany: (limit) =>
      many(limit, {
        one: 'Você tem # terminal aberto, o máximo permitido. Feche-o e tente novamente.',
        other: 'Você tem # terminais abertos, o máximo permitido. Feche um deles e tente novamente.',
      }),
    noShell: (name) => `A imagem de ${name} não tem shell.`,
    refused: (name) => `Não foi possível abrir um shell em ${name}: ele foi encerrado ou sua imagem não tem shell.`,
    maximise: 'Maximizar',
    restore: 'Restaurar',
    close: 'Fechar o terminal',
    ended: (code) => (code === null ? 'O shell foi encerrado.' : `O shell foi encerrado com o código ${code}.`),
    lost: 'A conexão com o shell foi perdida.',
    replaced: 'A conexão foi perdida. Este é um novo shell.',
    tooMuch: (size, most) =>
      `Nada foi colado: ${size} é demais para um terminal (limite: ${most}). Salve o texto em um arquivo na sua pasta pessoal.`,
    again: 'Iniciar um novo shell',
    resize: 'Redimensionar o terminal',
    move: 'Mover o terminal',
    leave: 'Pressione Ctrl+Alt+T para sair do terminal',
    leaveTouch: 'Toque na área de trabalho para sair do terminal',
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
