/** The texts about opening files and links, in Japanese: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'アプリを選んで開く',
    always: {
      files: (ext: string) => `${ext} ファイルは常にこのアプリで開く`,
      plainFiles: '拡張子のないファイルは常にこのアプリで開く',
      folders: 'フォルダーは常にこのアプリで開く',
      links: 'リンクは常にこのアプリで開く',
      addresses: 'メールアドレスは常にこのアプリで開く',
    },
    link: (url: string) => `アプリがお使いのブラウザーでリンクを開こうとしています: ${url}`,
    noApp: (name: string) => `利用できるアプリ「${name}」はありません。`,
    openLink: 'リンクを開く',
  },
};
