/** How a launch ended, in Arabic: a part of strings.ts. */
import type { EndOfLaunch } from '../type.ts';
import { isolated } from './grammar.ts';

export const endOfLaunch: EndOfLaunch = (app, { reason, exitCode, message }) => {
  const name = isolated(app);
  const why = message === null ? '' : ` ${isolated(message)}`;
  switch (reason) {
    case 'start_failed':
      return `لم يبدأ ${name}.${why}`;
    case 'error':
      return `انتهى ${name} بخطأ${exitCode === null ? '' : ` (رمز الخروج ${exitCode})`}.${why}`;
    case 'out_of_memory':
      return `نفدت ذاكرة ${name}.${why}`;
    case 'killed':
      return `أُنهي ${name} قسرًا.${why}`;
    case 'stopped_by_admin':
      return `أوقف أحد المسؤولين ${name}.`;
    case 'completed':
      return `انتهى ${name} من دون فتح أي نافذة.`;
    case 'stopped_by_you':
    case 'desktop_ended':
      return `انتهى ${name}.${why}`;
    default:
      return reason satisfies never;
  }
};
