/** How a launch ended, in Japanese: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const why = message === null ? '' : ` ${message}`;
  switch (reason) {
    case 'start_failed':
      return `${app}を起動できませんでした。${why}`;
    case 'error':
      return `${app}がエラーで終了しました${exitCode === null ? '' : `（終了コード${exitCode}）`}。${why}`;
    case 'out_of_memory':
      return `${app}のメモリが不足しました。${why}`;
    case 'killed':
      return `${app}が強制終了されました。${why}`;
    case 'stopped_by_admin':
      return `管理者が${app}を停止しました。`;
    case 'completed':
      return `${app}はウィンドウを開かずに終了しました。`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `${app}が終了しました。${why}`;
    default:
      return reason satisfies never;
  }
};
