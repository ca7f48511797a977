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
  defaultApps: {
    hint: '次のファイルとリンクは、常に指定したアプリで開きます。',
    what: 'ファイルとリンク',
    app: 'アプリ',
    files: (ext) => `${ext} ファイル`,
    plainFiles: '拡張子のないファイル',
    folders: 'フォルダー',
    links: 'リンク',
    addresses: 'メールアドレス',
    appFor: (what) => `アプリ: ${what}`,
    gone: (name) => `${name}（利用できなくなりました）`,
    remove: '削除',
    removeFor: (what) => `削除: ${what}`,
    empty: '既定のアプリはまだありません',
    emptyHint:
      'ファイルやリンクを開くアプリを Deskpod が尋ねたときに、アプリを選んで「常にこのアプリで開く」を選択してください。',
  },
  foundFiles: {
    show: '「ファイル」で表示',
    searching: 'ファイルを検索しています…',
    partly: '検索できたのは一部のファイルだけです。',
    failed: '現在、ファイルを検索できません。',
  },
  launchedFiles: {
    sending: (name, app) => `${name} をダウンロードフォルダーにアップロードし、${app} で開きます。`,
    notSent: (name) => `${name} はアップロードされなかったため、開きませんでした。`,
    unreadable: (name) => `ブラウザーが ${name} を読み取れません。`,
    tooMany: (most) => `最初の ${most} 個のファイルだけを開きます。`,
  },
  copiedFiles: {
    outside: (names) => `ここに貼り付けられるのはホームフォルダーのファイルだけです。貼り付けなかったもの: ${names}`,
  },
};
