/** The texts about several screens and windows of apps, in Japanese: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: '画面',
    add: '画面を追加',
    words: 'モニター ディスプレイ ウィンドウ 2台目',
    popOut: '独立したウィンドウで開く',
    pullBack: 'デスクトップに戻す',
    main: 'メイン画面に移動',
    moveTo: (number: number) => `画面${number}に移動`,
    most: (count: number) => `デスクトップの画面は最大${count}面です。`,
    blocked:
      'ブラウザーが新しいウィンドウをブロックしました。このページのポップアップを許可してから、もう一度お試しください。',
    refused: (reason: string) => `デスクトップはこれらの画面を使用できません: ${reason}`,
    waiting: 'この画面を準備しています…',
    alone:
      'デスクトップのメインページが閉じています。このウィンドウは引き続き使用できます。サイズを変更するには、メインページを開いてください。',
  },
};
