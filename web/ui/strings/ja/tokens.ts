/** The texts about access tokens, in Japanese: a part of strings.ts. */
import type { TokenStrings } from '../type.ts';
import { many } from './grammar.ts';

export const tokens: TokenStrings = {
  tokens: {
    title: 'お使いのファイルマネージャーでファイルを開く',
    hint: (name) =>
      `お使いのコンピューターのファイルマネージャーでホームフォルダーを開けます。ユーザー名は「${name}」、パスワードはアクセストークンです。デスクトップが動作していない場合は起動します。`,
    address: 'アドレス',
    copyAddress: 'アドレスをコピー',
    copyToken: 'アクセストークンをコピー',
    finder: 'Finder (macOS): ［移動］›［サーバへ接続］を選び、アドレスを入力します。',
    explorer:
      'エクスプローラー (Windows): ［PC］を右クリックして［ネットワーク ドライブの割り当て］を選び、アドレスを入力します。',
    gnome: 'GNOME ファイル: ［他の場所］または［ネットワーク］を選び、dav で始まるアドレスを入力します。',
    name: '名前',
    nameHint: 'コンピューターの名前など',
    lifetime: '有効期限',
    never: 'なし',
    days: (count) => many(count, { other: '# 日' }),
    make: 'アクセストークンを作成',
    made: (name) =>
      `「${name}」のアクセストークンは一度しか表示されません。今すぐコピーして、パスワードとして入力してください。`,
    close: '完了',
    none: 'アクセストークンはありません',
    created: '作成日時',
    used: '最終使用',
    expires: '有効期限',
    revoke: '取り消す',
    revokeNamed: (name) => `アクセストークン「${name}」を取り消す`,
    scope:
      'アクセストークンで開けるのはご自分のファイルだけです。すべての場所からログアウトしたとき、およびパスワードやロールが変わったときは、すべて無効になります。',
    off: 'このサーバーでは、ほかのプログラムでファイルを開くことはできません。',
  },
};
