/** The texts about opening files and links, in Arabic: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';

export const open: OpenStrings = {
  openWith: {
    title: 'فتح باستخدام',
    always: {
      files: (ext: string) => `فتح ملفات \u200e${ext}\u200e دائمًا بهذا التطبيق`,
      plainFiles: 'فتح الملفات التي ليس لها امتداد دائمًا بهذا التطبيق',
      folders: 'فتح المجلدات دائمًا بهذا التطبيق',
      links: 'فتح الروابط دائمًا بهذا التطبيق',
      addresses: 'فتح عناوين البريد الإلكتروني دائمًا بهذا التطبيق',
    },
    link: (url: string) => `يريد أحد التطبيقات فتح رابط في متصفحك: \u2068${url}\u2069`,
    noApp: (name: string) => `لا يوجد تطبيق “\u2068${name}\u2069” يمكنك استخدامه.`,
    openLink: 'فتح الرابط',
  },
};
