/** The texts about opening files and links, in Portuguese: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'Abrir com',
    always: {
      files: (ext: string) => `Sempre abrir arquivos ${ext} com este aplicativo`,
      plainFiles: 'Sempre abrir arquivos sem extensão com este aplicativo',
      folders: 'Sempre abrir pastas com este aplicativo',
      links: 'Sempre abrir links com este aplicativo',
      addresses: 'Sempre abrir endereços de e-mail com este aplicativo',
    },
    link: (url: string) => `Um aplicativo quer abrir um link no seu navegador: ${url}`,
    noApp: (name: string) => `Não há nenhum aplicativo “${name}” que você possa usar.`,
    openLink: 'Abrir link',
  },
  defaultApps: {
    hint: 'Estes arquivos e links sempre abrem com o aplicativo indicado.',
    what: 'Arquivos e links',
    app: 'Aplicativo',
    files: (ext) => `Arquivos ${ext}`,
    plainFiles: 'Arquivos sem extensão',
    folders: 'Pastas',
    links: 'Links',
    addresses: 'Endereços de e-mail',
    appFor: (what) => `Aplicativo: ${what}`,
    gone: (name) => `${name} (não está mais disponível)`,
    remove: 'Remover',
    removeFor: (what) => `Remover: ${what}`,
    empty: 'Ainda não há aplicativos padrão',
    emptyHint:
      'Quando o Deskpod perguntar qual aplicativo abre um arquivo ou link, escolha um e marque “Sempre abrir …”.',
  },
  foundFiles: {
    show: 'Mostrar em Arquivos',
    searching: 'Pesquisando nos seus arquivos …',
    partly: 'Apenas uma parte dos seus arquivos foi pesquisada.',
    failed: 'Não é possível pesquisar nos seus arquivos agora.',
  },
  launchedFiles: {
    sending: (name, app) => `${name} é enviado para Downloads e depois aberto com ${app}.`,
    notSent: (name) => `${name} não foi aberto porque não foi enviado.`,
    unreadable: (name) => `Seu navegador não consegue ler ${name}.`,
    tooMany: (most) => `Somente os primeiros ${most} arquivos são abertos.`,
  },
  copiedFiles: {
    outside: (names) => `Aqui só é possível colar arquivos da sua pasta pessoal. Não colados: ${names}`,
  },
};
