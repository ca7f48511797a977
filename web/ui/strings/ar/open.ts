/** The texts about opening files and links, in Arabic: a part of strings.ts. */
import type { OpenStrings } from '../type.ts';
import { isolated } from './grammar.ts';

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
  defaultApps: {
    hint: 'تُفتح هذه الملفات والروابط دائمًا بالتطبيق المجاور لها.',
    what: 'الملفات والروابط',
    app: 'التطبيق',
    files: (ext) => `ملفات \u200e${ext}\u200e`,
    plainFiles: 'الملفات التي ليس لها امتداد',
    folders: 'المجلدات',
    links: 'الروابط',
    addresses: 'عناوين البريد الإلكتروني',
    appFor: (what) => `التطبيق: ${isolated(what)}`,
    gone: (name) => `${isolated(name)} (لم يعد متاحًا)`,
    remove: 'إزالة',
    removeFor: (what) => `إزالة: ${isolated(what)}`,
    empty: 'لا توجد تطبيقات افتراضية بعد',
    emptyHint: 'عندما يسأل Deskpod عن التطبيق الذي يفتح ملفًا أو رابطًا، اختر تطبيقًا وحدّد «فتح … دائمًا بهذا التطبيق».',
  },
  foundFiles: {
    show: 'إظهار في الملفات',
    searching: 'يجري البحث في ملفاتك …',
    partly: 'لم يشمل البحث سوى جزء من ملفاتك.',
    failed: 'لا يمكن البحث في ملفاتك الآن.',
  },
  launchedFiles: {
    sending: (name, app) => `يُرفع ${isolated(name)} إلى مجلد التنزيلات ثم يُفتح باستخدام ${isolated(app)}.`,
    notSent: (name) => `لم يُفتح ${isolated(name)} لأنه لم يُرفع.`,
    unreadable: (name) => `لا يستطيع متصفحك قراءة ${isolated(name)}.`,
    tooMany: (most) => `لا يُفتح سوى أول ${most} من الملفات.`,
  },
  copiedFiles: {
    outside: (names) => `لا يمكن أن تُلصق هنا إلا ملفات من مجلدك الرئيسي. لم يُلصق: ${isolated(names)}`,
  },
};
