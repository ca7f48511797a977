/** The texts about several screens and windows of apps, in Arabic: a part of strings.ts. */
import type { ScreensStrings } from '../type.ts';

export const screens: ScreensStrings = {
  screens: {
    title: 'شاشة',
    add: 'إضافة شاشة',
    words: 'شاشة عرض نافذة ثانية',
    popOut: 'فتح في نافذة مستقلة',
    pullBack: 'الإعادة إلى سطح المكتب',
    main: 'النقل إلى الشاشة الرئيسية',
    moveTo: (number: number) => `النقل إلى الشاشة ${number}`,
    most: (count: number) => `يمكن أن يكون لسطح المكتب ${count} شاشة كحد أقصى.`,
    blocked: 'حظر المتصفح النافذة الجديدة. اسمح بالنوافذ المنبثقة لهذه الصفحة، ثم أعد المحاولة.',
    refused: (reason: string) => `لا يمكن لسطح المكتب استخدام هذه الشاشات: ${reason}`,
    waiting: 'يجري تجهيز مكان لهذه الشاشة…',
    alone: 'الصفحة الرئيسية لسطح المكتب مغلقة. تبقى هذه النافذة تعمل؛ افتح الصفحة الرئيسية لتغيير حجمها.',
  },
};
