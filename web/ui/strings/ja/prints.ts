/** The texts about printing, in Japanese: a part of strings.ts. */
import type { PrintStrings } from '../type.ts';
import { many } from './grammar.ts';

export const prints: PrintStrings = {
  prints: {
    printed: (name) => `「${name}」を印刷できます。`,
    missed: (count) => many(count, { other: '不在の間に#件の文書が印刷されました。' }),
    failed: (name) => `「${name}」はここから印刷できません。開いてから印刷してください。`,
    print: '印刷',
    open: '開く',
    save: '保存',
    remove: '削除',
    list: '印刷一覧を表示',
    automatic: 'アプリが印刷したときに印刷ダイアログを開く',
    automaticHint: 'オフの場合は通知が表示されます。',
    empty: 'まだ何も印刷されていません',
    emptyHint:
      'どのアプリでも、プリンター「Print to my computer」で印刷できます。文書はここに表示され、ホームフォルダーの PDF フォルダーに PDF ファイルとして保存されます。',
    name: '文書',
    size: 'サイズ',
    time: '印刷日時',
    isNew: '新着',
    only: (shown, total) => `${total}件のうち最新の${shown}件を表示しています。`,
    removeTitle: (name) => `「${name}」を削除しますか?`,
    removeText: 'PDF ファイルがホームフォルダーから削除されます。',
  },
};
