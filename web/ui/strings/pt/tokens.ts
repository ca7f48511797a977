/** The texts about access tokens, in Portuguese: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'Arquivos no seu gerenciador de arquivos',
    hint: (name) =>
      `Abra sua pasta pessoal com o gerenciador de arquivos do seu computador. O nome de usuário é “${name}” e a senha é um token de acesso. Se sua área de trabalho não estiver em execução, ela será iniciada.`,
    address: 'Endereço',
    copyAddress: 'Copiar o endereço',
    copyToken: 'Copiar o token de acesso',
    finder: 'Finder (macOS): escolha Ir › Conectar ao Servidor e digite o endereço.',
    explorer:
      'Explorador (Windows): clique com o botão direito em Este Computador, escolha Mapear unidade de rede e digite o endereço.',
    gnome: 'Arquivos do GNOME: escolha Outros locais ou Rede e digite o endereço que começa com dav.',
    name: 'Nome',
    nameHint: 'por exemplo, o do computador',
    lifetime: 'Expira',
    never: 'nunca',
    days: (count) => many(count, { one: '# dia', other: '# dias' }),
    make: 'Criar um token de acesso',
    made: (name) => `O token de acesso para “${name}” é mostrado uma única vez. Copie-o agora e digite-o como senha.`,
    close: 'Concluído',
    none: 'Nenhum token de acesso',
    created: 'Criado',
    used: 'Último uso',
    expires: 'Expira',
    revoke: 'Revogar',
    revokeNamed: (name) => `Revogar o token de acesso “${name}”`,
    scope:
      'Um token de acesso abre apenas seus arquivos. Todos deixam de valer quando você sai de todos os lugares e quando sua senha ou suas funções mudam.',
    off: 'A abertura de arquivos com outros programas está desativada neste servidor.',
  },
};
