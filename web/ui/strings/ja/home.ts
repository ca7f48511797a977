/** The texts about files in the home folder, in Japanese: a part of strings.ts. */
import type { HomeSentence, HomeStrings } from '../type.ts';
import { listed, many } from './grammar.ts';

export const homeSentence: HomeSentence = (home) =>
  home === null
    ? ''
    : home === 'kept'
      ? 'ホームフォルダーのファイルは保持されます。'
      : 'ホームフォルダーのファイルは削除されます。';

export const home: HomeStrings = {
  home: {
    mark: '一時的なファイル',
    markTitle: 'ホームフォルダーのファイルは、このデスクトップの終了時に削除されます',
    title: 'ファイルはこのデスクトップの終了時に削除されます',
    text: 'このデスクトップのホームフォルダーは保持されません。ログアウトしたとき、デスクトップが再構築または削除されたとき、およびマシンが再起動したときに、ファイルは削除されます。切断では何も削除されません。必要なファイルはダウンロードするか、別の場所に保存してください。',
    pods: '専用のポッドで動作するアプリには専用のホームフォルダーがあり、アプリの終了時に削除されます。',
    kept: 'ホームフォルダーのファイルは保持されます。',
    lost: 'ホームフォルダーのファイルは削除されます:',
    empty: 'デスクトップの作成後、ホームフォルダーのファイルは変更されていません。',
    total: (count, size) => `${many(count, { other: '#個のファイル' })}、${size}`,
    newest: (shown) => many(shown, { other: '更新日時の新しい順に#個を表示' }),
    incomplete: 'ほかにもある可能性があります。読み取れないか、時間がかかりすぎたフォルダーがありました。',
    leftOut: (names) => `一覧にもダウンロードにも含まれません: ${listed(names)}（キャッシュ）。`,
    list: 'ホームフォルダーのファイル',
    failed: 'ホームフォルダーのファイルは削除されます。一覧を取得できませんでした:',
    download: 'すべてのファイルをダウンロード',
    downloadHint: '1つのアーカイブ（tar.gz）にまとめます',
    notIdle: 'ファイルが削除されるため、離席中の実行は予約できません。',
  },
};
